"""What may happen, for the operator: list, check, draw and release definitions."""

import click

from app.errors import Refused
from workflows.check import check
from workflows.definition import DEFINITIONS, LOCK, DefinitionError, Workflow, load_released, locked, parse
from workflows.diagram import mermaid


@click.group(help="The definitions of what may happen: list, check, diagram, release.")
def command() -> None:
    pass


@command.command("list", help="Every released definition: name, version, kind, states, transitions, digest.")
def list_() -> None:
    for workflow in _released():
        sizes = f"{len(workflow.states)} states, {len(workflow.transitions)} transitions"
        print(f"{workflow.name}.v{workflow.version}  {workflow.kind}  {sizes}  {workflow.digest[:12]}")


@command.command("check", help="Prove every definition over all its paths; exit 1 with the findings.")
def check_() -> None:
    workflows = _released()
    findings = check(workflows)
    for finding in findings:
        print(f"{finding.name}: {finding.where} {finding.sentence}")
    if findings:
        raise Refused(f"流程定义有 {len(findings)} 处问题。", f"{len(findings)} findings in {len(workflows)} definitions.")
    print(f"{len(workflows)} definitions, nothing found")


@command.command(help="The newest version of NAME, or NAME.vN, as a Mermaid state diagram.")
@click.argument("name")
def diagram(name: str) -> None:
    found = [workflow for workflow in _released() if name in (workflow.name, f"{workflow.name}.v{workflow.version}")]
    if not found:
        raise Refused(f"没有名为 {name} 的流程定义。", f"No definition is called {name}.")
    print(mermaid(max(found, key=lambda workflow: workflow.version)), end="")


@command.command(help="Lock NAME.vN as it stands: from then on its file never changes.")
@click.argument("name")
def release(name: str) -> None:
    path = DEFINITIONS / f"{name}.toml"
    if not path.is_file():
        raise Refused(f"没有定义文件 {name}.toml。", f"There is no file {name}.toml among the definitions.")
    digests = locked(LOCK)
    if name in digests:
        raise Refused(f"{name} 已发布，不能更改，请写下一版。", f"{name} is released already: write the next version instead.")
    try:
        workflow = parse(path.read_text(encoding="utf-8"))
    except DefinitionError as error:
        raise _not_loading(error) from error
    if f"{workflow.name}.v{workflow.version}" != name:
        raise Refused(f"{name}.toml 的名称与内容不符。", f"{name}.toml calls itself {workflow.name}.v{workflow.version}.")
    lines = sorted(f"{released} {digest}\n" for released, digest in {**digests, name: workflow.digest}.items())
    LOCK.write_text("".join(lines), encoding="utf-8")
    print(f"{name} released with digest {workflow.digest}")


def _released() -> list[Workflow]:
    try:
        return [workflow for _, workflow in sorted(load_released().items())]
    except DefinitionError as error:
        raise _not_loading(error) from error


def _not_loading(error: DefinitionError) -> Refused:
    return Refused(f"流程定义不能读取：{error}", f"The definition does not load: {error}")
