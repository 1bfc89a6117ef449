"""Which sentence comes next: never a label three times in a row, the new ones first, then what was wrong."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from learning.confusions import LABELS, Table
from learning.drill_order import REST, RUN, Candidate, pick

labels = st.sampled_from(LABELS)


def drill(bank: list[str], turns: int, right: list[bool], seed: str) -> list[Candidate]:
    """Play so many turns with sentences of these labels and return what was asked."""
    state = {number: Candidate(number, label) for number, label in enumerate(bank)}
    counts: Counter[tuple[str, str]] = Counter()
    asked: list[Candidate] = []
    for turn in range(1, turns + 1):
        chosen = pick(
            list(state.values()),
            turn=turn,
            recent=[one.label for one in asked[-RUN:]],
            weight=Table.of(counts).weight,
            seed=f"{seed}:{turn}",
        )
        assert chosen is not None
        asked.append(chosen)
        correct = right[turn % len(right)]
        wrong = next(label for label in LABELS if label != chosen.label)
        counts[chosen.label, chosen.label if correct else wrong] += 1
        state[chosen.id] = Candidate(chosen.id, chosen.label, turn, correct)
    return asked


@given(
    bank=st.lists(labels, min_size=2, max_size=40),
    turns=st.integers(1, 60),
    right=st.lists(st.booleans(), min_size=1, max_size=7),
    seed=st.text(max_size=5),
)
def test_no_label_is_right_three_times_in_a_row_where_there_is_another(
    bank: list[str], turns: int, right: list[bool], seed: str
) -> None:
    asked = [one.label for one in drill(bank, turns, right, seed)]
    if len(set(bank)) > 1:
        assert all(len(set(asked[at : at + 3])) > 1 for at in range(len(asked) - 2))


@given(
    bank=st.permutations(list(LABELS) * 5),
    right=st.lists(st.booleans(), min_size=1, max_size=7),
    seed=st.text(max_size=5),
)
def test_a_sentence_comes_again_only_when_no_new_one_may_come(
    bank: list[str], right: list[bool], seed: str
) -> None:
    asked = drill(bank, 40, right, seed)
    seen: set[int] = set()
    for turn, one in enumerate(asked):
        if one.id in seen:
            run = {before.label for before in asked[turn - RUN : turn]}
            new = [label for number, label in enumerate(bank) if number not in seen]
            assert all(run == {label} for label in new)
        seen.add(one.id)


@given(seed=st.text(max_size=5), turn=st.integers(REST + 3, 100))
def test_what_was_wrong_comes_before_what_was_right(seed: str, turn: int) -> None:
    wrong = Candidate(1, "product", asked_last=1, correct=False)
    right = [Candidate(number, "project", asked_last=2, correct=True) for number in (2, 3, 4)]
    chosen = pick([*right, wrong], turn=turn, recent=["both", "neither"], weight=lambda _: 1, seed=seed)
    assert chosen == wrong


@given(seed=st.text(max_size=5), turn=st.integers(2, 50), ago=st.integers(1, REST))
def test_what_was_asked_a_moment_ago_rests_even_if_it_was_wrong(seed: str, turn: int, ago: int) -> None:
    just_now = Candidate(1, "product", asked_last=max(1, turn - ago), correct=False)
    new = Candidate(2, "project")
    assert pick([just_now, new], turn=turn, recent=[], weight=lambda _: 1, seed=seed) == new


def test_labels_that_a_learner_mixes_up_come_sooner() -> None:
    table = Table.of({("both", "project"): 9, ("both", "both"): 1, ("product", "product"): 10})
    bank = [Candidate(number, LABELS[number % 4]) for number in range(40)]
    first: Counter[str] = Counter()
    for turn in range(400):
        chosen = pick(bank, turn=1, recent=[], weight=table.weight, seed=str(turn))
        assert chosen
        first[chosen.label] += 1
    assert first["both"] > 2 * max(first["product"], first["project"], first["neither"])


def test_the_same_turn_gives_the_same_sentence() -> None:
    bank = list(LABELS) * 5
    assert drill(bank, 30, [True, False], "lea") == drill(bank, 30, [True, False], "lea")
    assert drill(bank, 30, [True], "lea") != drill(bank, 30, [True], "ben")


def test_an_empty_bank_asks_nothing_and_one_label_asks_what_there_is() -> None:
    assert pick([], turn=1, recent=[], weight=lambda _: 1, seed="") is None
    assert len(drill(["both"], 5, [True], "")) == 5


@given(st.dictionaries(st.tuples(labels, labels), st.integers(0, 50)))
def test_the_table_adds_up_and_its_weights_are_one_to_four(counts: dict[tuple[str, str], int]) -> None:
    table = Table.of(counts)
    assert table.total == sum(counts.values())
    assert table.right == sum(count for (right, said), count in counts.items() if right == said)
    assert all(1 <= table.weight(label) <= 4 for label in LABELS)
    if table.habit:
        most = max(count for (right, said), count in counts.items() if right != said)
        assert counts[table.habit] == most


def test_the_commonest_confusion_is_said_in_one_sentence() -> None:
    table = Table.of({("both", "project"): 3, ("product", "both"): 2, ("project", "project"): 5})
    assert table.sentence == "You most often say “project” where it is “both”."
    assert Table.of({}).sentence == ""
    assert Table.of({("both", "both"): 3}).sentence == "You have not mixed any of them up."
    level = Table.of({("both", "project"): 2, ("product", "both"): 2})
    assert level.sentence == "You have no confusion that stands out."
