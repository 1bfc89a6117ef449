"""What is new in a lesson since an older version of it."""

from courses.changes import Section, new_headings, since

OLD = """\
Ask what ends.

## Listen for the end

A project ends. It costs [[fact:pay]].

## Listen for the user {#users}

A product serves.
"""


def body(markdown: str) -> dict[str, object]:
    return {"markdown": markdown}


def test_the_same_text_has_no_changes() -> None:
    assert not since(body(OLD), body(OLD))


def test_a_section_that_was_not_there_is_new() -> None:
    changes = since(body(OLD), body(f"{OLD}\n## Who pays\n\nThe sponsor.\n\n### And when\n\nLater.\n"))
    assert changes.new == [Section("who-pays", "Who pays"), Section("and-when", "And when")]
    assert changes.reworded == []


def test_a_section_that_says_something_else_is_reworded() -> None:
    changes = since(body(OLD), body(OLD.replace("A product serves.", "A product serves people.")))
    assert (changes.new, changes.reworded) == ([], [Section("users", "Listen for the user")])


def test_a_section_is_known_by_the_id_of_its_heading() -> None:
    changes = since(body(OLD), body(OLD.replace("Listen for the user", "Hear the user")))
    assert changes.reworded == [Section("users", "Hear the user")]


def test_how_a_text_is_set_and_which_figure_stands_in_it_is_no_change() -> None:
    other = OLD.replace("A product serves.", "A product\nserves.").replace("[[fact:pay]]", "[[fact:fee]]")
    assert not since(body(OLD), body(other))


def test_a_section_that_moved_or_went_is_no_news() -> None:
    beginning, end, users = OLD.split("## ")
    assert not since(body(OLD), body(f"{beginning}## {users}\n## {end}"))
    assert not since(body(OLD), body(f"{beginning}## {end}"))


def test_new_sections_are_counted_by_their_ids_alone() -> None:
    before = [{"id": "a", "text": "A"}, {"id": "b", "text": "B"}]
    after = [{"id": "b", "text": "Other words"}, {"id": "c", "text": "C"}, {"id": "d", "text": "D"}]
    assert [each.id for each in new_headings(before, after)] == ["c", "d"]
