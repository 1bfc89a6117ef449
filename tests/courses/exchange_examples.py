"""Questions of every type as plain values, with signs that formats give a meaning of their own."""

from typing import Any

from courses.content_files.format import TRUE_FALSE, Choice, Question

ABOUT: dict[str, Any] = {
    "module": "two-words",
    "order": 0,
    "objective": "tell-apart",
    "passage_lesson": "one-abbreviation",
    "passage_heading": "what-ends",
    "difficulty": "hard",
    "explanation": "A project *ends*: see {braces}, 5 = 5, #1, ~ and a \\b.",
    "uses": ("check", "review"),
    "tags": ("words", "ends"),
}


def _choices(*texts: str, **fields: Any) -> tuple[Choice, ...]:
    return tuple(
        Choice(key=f"{at}-choice", text=text, feedback=f"Feedback: {text}", **fields)
        for at, text in enumerate(texts, start=1)
    )


def _one(key: str, type_: str, prompt: str, choices: tuple[Choice, ...] = (), **fields: Any) -> Question:
    return Question(key=key, type=type_, prompt=prompt, choices=choices, **{**ABOUT, **fields})


EXAMPLES = [
    _one(
        "single-1",
        "single",
        "Which is a [project]{.project}, `a = b`?",
        (
            Choice("9th-slot", "Moving an app = by **March**", "Right: it {ends}.", correct=True),
            *_choices("%50% of the users", misconception="deadlines-make-a-project"),
        ),
    ),
    _one(
        "multiple-1",
        "multiple",
        "Which *two* end?\nTick both.",
        (*_choices("A ward", "A bridge", correct=True), Choice("care", "Care", "It goes on.")),
    ),
    _one(
        "true-false-1",
        "true_false",
        "A product: never done?",
        tuple(Choice(key, text, f"{text} it is.", correct=key == "false") for key, text in TRUE_FALSE),
    ),
    _one(
        "classify-1",
        "classify",
        "Sort them.",
        tuple(
            Choice(each.key, each.text, each.feedback, bucket="product")
            for each in _choices("Users leave", "x -> y")
        ),
        buckets=("product", "project", "both = all"),
    ),
    _one(
        "match-1",
        "match",
        "Match each.",
        (
            Choice("scope", "Scope", "What.", bucket="what is done"),
            Choice("time", "Time", "When.", bucket="when"),
        ),
        buckets=("who",),
    ),
    _one(
        "order-1",
        "order",
        "Put in order.",
        tuple(Choice(each.key, each.text, "") for each in _choices("Find out", "Work out", "Decide")),
        settings={"feedback": "First look, *then* leap."},
    ),
    _one(
        "numeric-1",
        "numeric",
        "How many minutes?",
        settings={
            "answer": 60.5,
            "tolerance": 0,
            "unit": "min",
            "near": [{"value": 3600, "feedback": "These are seconds."}],
        },
        misconception="deadlines-make-a-project",
    ),
    _one(
        "short-text-1",
        "short_text",
        "What lasts?",
        settings={
            "accept": ["product", "%1% of it", "-5 + x"],
            "near": [{"text": "project", "feedback": "It = ends."}],
        },
    ),
    _one(
        "scenario-1",
        "scenario",
        "The date slips. What now?",
        tuple(
            Choice(key, f"Do {key}", f"Worth {credit}.", credit=credit)
            for key, credit in [("nothing", 0.0), ("ask", 1.0), ("drop", 0.4)]
        ),
    ),
]
