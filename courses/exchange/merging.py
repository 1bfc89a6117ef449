"""What a question becomes that is in the bank already and stands in a file, too. Pure."""

from dataclasses import replace

from courses.content_files import format as files


def merged(held: files.Question, found: files.Question) -> files.Question:
    """Return the question of the file under the key that is held; what the file leaves empty stays as it is.

    Choices are told by their key or else by their words; they keep key, feedback and misconception.
    """
    by_key = {choice.key: choice for choice in held.choices}
    by_text = {choice.text: choice for choice in held.choices}
    choices: list[files.Choice] = []
    taken: set[str] = set()
    for number, choice in enumerate(found.choices, start=1):
        known = by_text.get(choice.text) or by_key.get(choice.key)
        if known is not None and known.key not in taken:
            choice = replace(
                choice,
                key=known.key,
                feedback=choice.feedback or known.feedback,
                misconception=choice.misconception or known.misconception,
            )
        elif choice.key in taken or choice.key in by_key:
            choice = replace(choice, key=f"{choice.key[:50]}-n{number}")
        taken.add(choice.key)
        choices.append(choice)
    settings = {**held.settings, **{k: v for k, v in found.settings.items() if v != ""}}
    return replace(
        found,
        key=held.key,
        module=found.module or held.module,
        order=held.order,
        objective=found.objective or held.objective,
        passage_lesson=found.passage_lesson or held.passage_lesson,
        passage_heading=found.passage_heading or _heading(held, found),
        difficulty=found.difficulty or held.difficulty,
        uses=found.uses or held.uses,
        tags=found.tags or held.tags,
        misconception=found.misconception or held.misconception,
        explanation=found.explanation or held.explanation,
        choices=tuple(choices),
        settings=settings if found.type == held.type else dict(found.settings),
    )


def _heading(held: files.Question, found: files.Question) -> str:
    """Return the held heading, where the passage stays in its lesson."""
    return held.passage_heading if found.passage_lesson in ("", held.passage_lesson) else ""
