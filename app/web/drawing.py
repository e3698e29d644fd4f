"""A definition drawn as a picture: states in layers, one line for all steps between two states, where the case is and has been lit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from grandalf.graphs import Edge, Graph, Vertex
from grandalf.layouts import SugiyamaLayout
from grandalf.routing import EdgeViewer, route_with_lines
from markupsafe import Markup, escape

from workflows.definition import Workflow
from workflows.model import State

HIGH, LETTER, MARGIN = 28, 14, 12
Point = tuple[float, float]


class Box:
    """What the layout knows of a state: how large it is; it writes where it stands."""

    def __init__(self, state: State, lang: str) -> None:
        self.state, self.words = state, state.label_en if lang == "en" else state.label_zh
        self.w = (len(self.words) * (LETTER if lang == "zh" else 8)) + 24
        self.h = HIGH
        self.xy: Point = (0.0, 0.0)


@lru_cache(maxsize=64)
def laid(flow: Workflow, lang: str) -> tuple[Sequence[Box], Mapping[tuple[str, str], Sequence[Point]]]:
    """Where each state stands and how each line runs; the same for every case of the definition."""
    boxes = {name: Box(state, lang) for name, state in flow.states.items()}
    vertices = {name: Vertex(name) for name in boxes}
    for name, vertex in vertices.items():
        vertex.view = boxes[name]
    edges = {}
    for source, target in steps(flow):
        edge = Edge(vertices[source], vertices[target])
        edge.view = EdgeViewer()
        edges[source, target] = edge
    graph = Graph(list(vertices.values()), list(edges.values()))
    left = 0.0
    for part in graph.C:
        left = lay_part(part, boxes, left)
    lines = {pair: [tuple(point) for point in getattr(edge.view, "_pts", [])] for pair, edge in edges.items()}
    return list(boxes.values()), {pair: points for pair, points in lines.items() if len(points) > 1}


def lay_part(part: object, boxes: Mapping[str, Box], left: float) -> float:
    """States that no step connects with the others stand to the right of them; gives where the next part begins."""
    layout = SugiyamaLayout(part)
    layout.xspace, layout.yspace, layout.route_edge = 24, 44, route_with_lines
    layout.init_all()
    layout.draw(3)
    placed = [boxes[vertex.data] for vertex in part.sV]  # type: ignore[attr-defined]  # a library without types
    shift = left - min(box.xy[0] - box.w / 2 for box in placed)
    for box in placed:
        box.xy = (box.xy[0] + shift, box.xy[1])
    for edge in part.sE:  # type: ignore[attr-defined]
        edge.view._pts = [(x + shift, y) for x, y in getattr(edge.view, "_pts", [])]
    return max(box.xy[0] + box.w / 2 for box in placed) + 24


def steps(flow: Workflow) -> list[tuple[str, str]]:
    """Each pair of states between which some step leads, once."""
    return list(named_steps(flow, "zh"))


def named_steps(flow: Workflow, lang: str) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for edge in flow.transitions:
        for source in sorted(edge.sources):
            if source and edge.to and edge.to != source:
                words = edge.label_en if lang == "en" else edge.label_zh
                if words not in found[source, edge.to]:
                    found[source, edge.to].append(words)
    return found


def drawn(flow: Workflow, here: str = "", been: Collection[tuple[str, str]] = (), lang: str = "zh") -> Markup:
    """An SVG without inline style. `here` is lit, `been` are the steps that were taken, from state to state."""
    boxes, lines = laid(flow, lang)
    across = [x for points in lines.values() for x, _ in points]
    across += [box.xy[0] + side * box.w / 2 for box in boxes for side in (-1, 1)]
    down = [box.xy[1] + side * box.h / 2 for box in boxes for side in (-1, 1)]
    low_x, low_y = min(across), min(down)
    wide, high = max(across) - low_x + 2 * MARGIN, max(down) - low_y + 2 * MARGIN
    passed = {state for step in been for state in step}
    names = named_steps(flow, lang)
    body = [*line_marks(lines, names, been), *(box_mark(box, here, passed) for box in boxes)]
    title = "The definition, the present state lit" if lang == "en" else "流程图，当前状态已标出"
    head = '<svg class="flow" role="img" aria-label="{}" viewBox="{} {} {} {}" preserveAspectRatio="xMidYMin meet">'
    opened = Markup(head).format(title, round(low_x - MARGIN), round(low_y - MARGIN), round(wide), round(high))
    return opened + ARROW + Markup("").join(body) + Markup("</svg>")


ARROW = Markup(
    '<defs><marker id="flow-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">'
    '<path class="flow-tip" d="M0 0 8 4 0 8z"/></marker></defs>'
)


def line_marks(
    lines: Mapping[tuple[str, str], Sequence[Point]], names: Mapping[tuple[str, str], Sequence[str]], been: Collection[tuple[str, str]]
) -> Iterator[Markup]:
    for pair, points in lines.items():
        path = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
        passed = " flow-been" if pair in been else ""
        yield Markup('<polyline class="flow-line{}" points="{}" marker-end="url(#flow-tip)"><title>{}</title></polyline>').format(
            passed, path, escape("、".join(names[pair]))
        )


def box_mark(box: Box, here: str, been: Collection[str]) -> Markup:
    x, y = box.xy
    mood = "flow-here" if box.state.name == here else "flow-been" if box.state.name in been else ""
    final = " flow-final" if box.state.final else ""
    return Markup(
        '<g class="flow-state {}{}"><rect x="{:.0f}" y="{:.0f}" width="{:.0f}" height="{:.0f}" rx="5"/>'
        '<text x="{:.0f}" y="{:.0f}" text-anchor="middle" dominant-baseline="central">{}</text></g>'
    ).format(mood, final, x - box.w / 2, y - box.h / 2, box.w, box.h, x, y, box.words)
