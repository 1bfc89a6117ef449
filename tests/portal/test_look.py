"""What the look promises: colours that can be read, pages without inline code, icons that exist."""

import math
import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string

ROOT = Path(__file__).resolve().parents[2]
TOKENS = (ROOT / "static/css/tokens.css").read_text()
PAGES = [
    path
    for path in sorted((ROOT / "templates").rglob("*.html"))
    if not {"emails", "email", "admin"} & set(path.relative_to(ROOT).parts)
]

TEXT_ON_GROUND = [
    *((ink, ground) for ink in ("ink", "ink-soft") for ground in ("paper", "surface", "sunken")),
    *(("accent", ground) for ground in ("paper", "surface", "accent-wash")),
    *((ink, f"{ink}-wash") for ink in ("product", "project", "both", "good", "bad")),
    *((ink, "surface") for ink in ("product", "project", "both", "good", "bad")),
    *(("on-disc", f"{side}-disc") for side in ("product", "project", "both")),
    *(("ink", f"{wash}-wash") for wash in ("accent", "good", "bad", "both", "product", "project")),
    *(("ink-soft", f"{wash}-wash") for wash in ("accent",)),
    ("on-raised", "raised"),
    ("paper", "ink"),
]
EDGE_ON_GROUND = [
    (edge, ground) for edge in ("edge", "accent", "product", "project") for ground in ("paper", "surface")
]


def luminance(colour: str) -> float:
    """The relative luminance (WCAG) of an `oklch(L C H)`."""
    lightness, chroma, hue = map(float, re.findall(r"[\d.]+", colour)[:3])
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(max(part, 0.0), 1.0) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str, theme: int) -> float:
    """The contrast of two tokens, 1 to 21, in the light theme (0) or the dark one (1)."""
    values = [re.findall(r"oklch\([^)]*\)", token(name)) for name in (one, other)]
    dark, light = sorted(luminance(colours[theme % len(colours)]) for colours in values)
    return (light + 0.05) / (dark + 0.05)


def token(name: str) -> str:
    """The value of a token as it stands in the file."""
    found = re.search(rf"--{name}: (.*?);", TOKENS)
    assert found, name
    return found[1]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read_on_its_ground(ink: str, ground: str, theme: int) -> None:
    assert contrast(ink, ground, theme) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGE_ON_GROUND)
def test_edges_and_marks_can_be_seen(edge: str, ground: str, theme: int) -> None:
    assert contrast(edge, ground, theme) >= 3


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_has_no_inline_style_script_or_handler(page: Path) -> None:
    text = page.read_text()
    assert not re.search(r"""<style|\sstyle=|\son[a-z]+=["']|<script(?![^>]*\ssrc=)|javascript:""", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_asks_no_other_host_for_anything(page: Path) -> None:
    assert not re.search(
        r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["'](?:https?:)?//""", page.read_text()
    )


def test_every_icon_that_is_asked_for_is_in_the_sprite() -> None:
    asked = {
        name
        for page in PAGES
        for name in re.findall(r'components/icon.html" with name="(\w+)"', page.read_text())
    }
    drawn = set(re.findall(r'<symbol id="(\w+)"', (ROOT / "static/icons.svg").read_text()))
    assert asked | {"info", "success", "warning", "error"} <= drawn


def test_every_key_that_does_something_is_in_the_list_of_keys() -> None:
    used = {key for page in PAGES for key in re.findall(r'data-shortcut="(.)"', page.read_text())}
    listed = (ROOT / "templates/components/shortcuts.html").read_text()
    assert used == set("bjkn")
    assert used <= set(re.findall(r"<kbd>(.)</kbd>", listed))


@pytest.mark.parametrize("name", ["400.html", "500.html", "503.html"])
def test_the_last_pages_need_nothing_to_appear(name: str) -> None:
    page = render_to_string(name)
    assert "<h1>" in page
    assert 'href="/"' in page or 'href=""' in page
