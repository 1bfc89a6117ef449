"""Sentences of the drill for tests."""

from courses.models import DrillSentence, DrillTrap, Misconception

LABELS = ("product", "project", "both", "neither")


def make_sentences(count: int = 8) -> list[DrillSentence]:
    """Make so many sentences `sentence-<n>`, labels in turn; calling one wrongly "project" has a trap."""
    wrong, _ = Misconception.objects.get_or_create(
        key="deadlines-make-a-project",
        defaults={"name": "A deadline makes it a project", "correction": "Dates occur in product work too."},
    )
    made = DrillSentence.objects.bulk_create(
        DrillSentence(
            key=f"sentence-{number}",
            text=f"Somebody says number {number}.",
            label=LABELS[number % 4],
            reason=f"The reason of number {number}.",
        )
        for number in range(count)
    )
    DrillTrap.objects.bulk_create(
        DrillTrap(sentence=sentence, label="project", misconception=wrong)
        for sentence in made
        if sentence.label != "project"
    )
    return made
