"""The words of templates: in the installation's language, made once, with their values escaped."""

from pathlib import Path

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.template.base import TextNode
from django.test import override_settings

from portal import ui_language


def made(text: str, **values: object) -> str:
    return Template(text).render(Context(values))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{% translate "More & more, 100 %" %}', "More & more, 100 %"),
        ('{% translate "Yes" as word %}[{{ word }}]', "[Yes]"),
        ('{% translate "May" context "a month" %}', "May"),
        ("{% translate name %}", "&lt;b&gt;"),
        (
            "{% blocktranslate trimmed %}\n A <b>b</b>\n c, 5 %.\n{% endblocktranslate %}",
            "A <b>b</b> c, 5 %.",
        ),
        ("{% blocktranslate trimmed %}Of {{ name }}.{% endblocktranslate %}", "Of &lt;b&gt;."),
        (
            "{% blocktranslate with it=name|upper trimmed %}Of {{ it }}.{% endblocktranslate %}",
            "Of &lt;B&gt;.",
        ),
        (
            "{% blocktranslate asvar it trimmed %}Of {{ name }}.{% endblocktranslate %}[{{ it }}]",
            "[Of &lt;b&gt;.]",
        ),
        ("{% blocktranslate trimmed %}Of {{ nobody }}.{% endblocktranslate %}", "Of ."),
    ],
)
def test_a_template_says_what_it_said_in_english(text: str, said: str) -> None:
    assert made(text, name="<b>") == said


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1 of <i>a</i>"), (0, "0 in <i>a</i>"), (7, "7 in <i>a</i>")]
)
def test_a_number_chooses_its_plural(number: int, said: str) -> None:
    template = Template(
        "{% blocktranslate count n=n with it=it|lower trimmed %}{{ n }} of {{ it }}"
        "{% plural %}{{ n }} in {{ it }}{% endblocktranslate %}"
    )
    for _ in range(2):
        assert template.render(Context({"n": number, "it": "<i>a</i>"}, autoescape=False)) == said


def test_a_plural_of_no_number_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="no number"):
        made("{% blocktranslate count n=n %}one{% plural %}many{% endblocktranslate %}", n="two")


def test_constant_words_cost_what_plain_text_costs() -> None:
    for text in ('{% translate "Save" %}', "{% blocktranslate trimmed %}Save this{% endblocktranslate %}"):
        assert [type(node) for node in Template(text).nodelist] == [TextNode]


def test_the_words_are_of_the_language_that_is_set_and_not_of_the_moment() -> None:
    text = '{% translate "January" %}'
    assert made(text) == "January"
    with override_settings(LANGUAGE_CODE="fr"):
        assert made(text) == "janvier"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{% speaking %}", 'lang="en-gb" dir="ltr"'),
        ("{% speaking language %}", 'lang="pt-BR" dir="ltr"'),
        ('{% speaking "ar" %}', 'lang="ar" dir="rtl"'),
        ("{% speaking odd %}", 'lang="&lt;x&gt;" dir="ltr"'),
    ],
)
def test_a_part_of_a_page_tells_its_language_and_its_direction(text: str, said: str) -> None:
    assert made(text, language="pt-BR", odd="<x>") == said


@pytest.mark.parametrize("said", ["en", "en-GB", "en_gb", "de", "de-ch"])
def test_a_language_with_a_catalogue_may_be_set(said: str, tmp_path: Path) -> None:
    catalogue = tmp_path / "de" / "LC_MESSAGES" / "django.mo"
    catalogue.parent.mkdir(parents=True)
    catalogue.touch()
    assert ui_language.read(said, folder=tmp_path) == said.lower().replace("_", "-")


@pytest.mark.parametrize(
    ("said", "why"),
    [("tlh", "that Django knows"), ("", "that Django knows"), ("fr-ca", "there is no .*fr_CA")],
)
def test_a_language_that_would_be_english_under_a_wrong_name_is_refused(
    said: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=why):
        ui_language.read(said, folder=tmp_path)


def test_a_script_gets_a_sentence_in_each_plural_behind_the_numbers_that_take_it() -> None:
    text = (
        '{% each_number %}{% blocktranslate count n=n with number="{n}" trimmed %}{{ number }} day'
        "{% plural %}{{ number }} days{% endblocktranslate %}{% endeach_number %}"
    )
    assert made(text) == "0 2 3 5 11 100:{n} days|1:{n} day"
