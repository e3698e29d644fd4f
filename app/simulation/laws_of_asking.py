"""The laws of asking the citizen: callbacks, evaluations, and what is done about who was not content."""

from __future__ import annotations

from collections.abc import Mapping

LAWS_OF_ASKING: Mapping[str, str] = {
    "a round has one evaluation of a source at most": """
        SELECT root_id AS ticket, round, source FROM evaluations WHERE reached GROUP BY 1, 2, 3, coalesce(reference, '')
        HAVING count(*) > 1""",
    "a completed ticket of the newest definition has one callback for its round": """
        SELECT c.id AS ticket, t.round FROM cases c JOIN tickets t ON t.id = c.id WHERE c.workflow_version > 1
        AND (c.state = 'completed' OR (c.state = 'closed' AND t.completed_at IS NOT NULL)) AND
        (SELECT count(*) FROM callbacks x WHERE x.root_id = c.id AND x.round = t.round) <> 1""",
    "nobody is called back once the round is over": """
        SELECT c.id AS callback, c.state, r.state AS ticket FROM cases c JOIN cases r ON r.id = c.root_id
        WHERE c.kind = 'callback' AND c.open AND r.state NOT IN ('completed', 'closed')""",
    "who was never reached has rated nothing": """
        SELECT c.id AS callback, c.state, x.rating FROM cases c JOIN callbacks x ON x.id = c.id
        WHERE (c.state = 'rated') <> (x.rated_at IS NOT NULL) OR (c.state = 'unreachable' AND x.rating IS NOT NULL)""",
    "nobody is unreachable whom nobody called": """
        SELECT c.id AS callback FROM cases c WHERE c.kind = 'callback' AND c.state = 'unreachable'
        AND NOT EXISTS (SELECT 1 FROM callback_attempts a WHERE a.case_id = c.id AND a.call_outcome <> 'reached')""",
    "a claimed callback is somebody's, and no other is": """
        SELECT c.id AS callback, c.state, x.claimed_by FROM cases c JOIN callbacks x ON x.id = c.id
        WHERE (c.state = 'claimed') <> (x.claimed_by IS NOT NULL)""",
    "who was dissatisfied twice is not handled again before a study has come to a conclusion": """
        SELECT again.case_id AS ticket, again.seq FROM history again WHERE again.trigger = 'rehandle' AND
        (SELECT count(*) FROM history e JOIN evaluations v ON v.root_id = e.case_id AND v.source = 'own' AND v.reached
            AND v.rating IN ('dissatisfied', 'very_dissatisfied') AND v.at = e.at
            WHERE e.case_id = again.case_id AND e.trigger = 'note_evaluation' AND e.seq < again.seq) > 1
        AND NOT EXISTS (SELECT 1 FROM history s WHERE s.case_id = again.case_id AND s.trigger = 'note_study' AND s.seq < again.seq)""",
}
