"""The certificate's pages: for its learner, for whoever has the link, and for everybody else."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import organisation
from accounts.models import User
from courses.models import Course
from learning import certificates
from learning.models import Certificate
from mailing import clock
from tests.accounts.people import as_guest
from tests.factories import NOW, make_final
from tests.learning.finishing import earn, earn_issued, give_certificates, pass_final, read_all

TOKENS = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")\w+')


@pytest.fixture
def giving(course: Course) -> Course:
    """The course, with a final, giving certificates."""
    return give_certificates(course)


def files(certificate_id: object) -> list[str]:
    """The addresses of all files of a certificate."""
    ends = (".pdf", ".json", ".jwt", "/badge.png", "/badge.svg")
    return [f"/certificates/{certificate_id}{end}" for end in ends]


def alike(text: str, address: str) -> str:
    """A page without what was drawn for it and without the address that was asked for."""
    return TOKENS.sub("", text).replace(address, "")


def page(client: Client, certificate: Certificate, *, status: int = 200) -> str:
    """The page of a certificate."""
    answer = client.get(f"/certificates/{certificate.pk}/")
    assert answer.status_code == status
    return answer.content.decode()


def test_the_rule_stands_on_the_courses_pages(giving: Course, browser: Client) -> None:
    rule = "There is a certificate for whoever has done every lesson and passed the final."
    assert rule in Client().get("/courses/two-pms/").content.decode()
    assert rule in browser.get("/learn/two-pms/").content.decode()


def test_from_the_last_answer_to_a_shared_certificate(giving: Course, learner: User, browser: Client) -> None:
    earned = earn(learner)
    attempt = learner.attempts.get(quiz__key="final")
    address = f"/certificates/{earned.pk}/"
    assert address in browser.get(f"/attempts/{attempt.pk}/result/").content.decode()
    assert address in browser.get("/learn/two-pms/").content.decode()
    assert "which name shall stand" in browser.get("/learn/two-pms/").content.decode()
    assert "stays private until you share it" in page(browser, earned)
    answer = browser.post(f"{address}issue/", {"name": "Lea <b>Muster</b>"})
    assert answer["Location"] == address
    text = page(browser, earned)
    assert "Lea &lt;b&gt;Muster&lt;/b&gt;" in text
    assert "Only you see this page" in text
    assert "linkedin.com" not in text
    assert page(Client(), earned, status=404)
    for _ in range(2):
        browser.post(f"{address}share/", {"shared": "yes"})
    text = page(browser, earned)
    assert "https://www.linkedin.com/profile/add?" in text
    assert f"http://testserver{address}</textarea>" in text
    public = page(Client(), earned)
    for word in ("Lea &lt;b&gt;", "Two jobs", "all 4 done", "of 4 points", "70%", "does not prove who sat"):
        assert word in public
    assert "Another name" not in public
    assert '<meta name="robots" content="noindex">' in public


def test_others_get_the_very_answer_that_a_missing_address_gets(giving: Course, learner: User) -> None:
    issued, missing, other = earn_issued(learner), uuid4(), Client()
    other.force_login(User.objects.create_user("bob@example.org"))
    for client in (Client(), other):
        for hidden, none in zip(
            [f"/certificates/{issued.pk}/", *files(issued.pk)],
            [f"/certificates/{missing}/", *files(missing)],
            strict=True,
        ):
            answers = {address: client.get(address) for address in (hidden, none)}
            assert {answer.status_code for answer in answers.values()} == {404}
            assert len({alike(answer.content.decode(), address) for address, answer in answers.items()}) == 1
        for verb in ("issue", "share"):
            assert client.post(f"/certificates/{issued.pk}/{verb}/", {"name": "Eve"}).status_code == 404


def test_a_name_that_cannot_be_set_stays_in_the_form(giving: Course, learner: User, browser: Client) -> None:
    earned = earn(learner)
    answer = browser.post(f"/certificates/{earned.pk}/issue/", {"name": "李小龙"})
    assert answer.status_code == 400
    text = answer.content.decode()
    assert 'value="李小龙"' in text
    assert "Our typesetting has no letters for “李小龙”" in text
    assert 'id="id_name_error"' in text


def test_issued_again_the_old_address_says_so(giving: Course, learner: User, browser: Client) -> None:
    old = earn_issued(learner, name="Old Name", shared=True)
    answer = browser.post(f"/certificates/{old.pk}/issue/", {"name": "New Name"})
    text = page(Client(), old)
    assert "Replaced on" in text
    assert "Old Name" not in text
    assert answer["Location"] in text
    assert Client().get(f"/certificates/{old.pk}.pdf").status_code == 404


def test_a_withdrawn_one_says_so_and_the_reason_to_its_learner_alone(
    giving: Course, learner: User, browser: Client
) -> None:
    issued = earn_issued(learner, shared=True)
    certificates.revoke(certificate=issued, reason="Sat by another.", actor=None, now=NOW)
    assert "Sat by another." in page(browser, issued)
    public = page(Client(), issued)
    assert "Withdrawn on 21 November 2026" in public
    assert "Sat by another." not in public
    assert all(browser.get(file).status_code == 404 for file in files(issued.pk))
    assert "was withdrawn" in browser.get("/learn/two-pms/").content.decode()


def test_after_erasure_the_page_is_gone_and_says_withdrawn(giving: Course, learner: User) -> None:
    issued = earn_issued(learner, name="Canary Name")
    learner.delete()
    text = page(Client(), issued, status=410)
    assert "was withdrawn" in text
    assert "Canary" not in text


def test_a_guest_sees_that_it_needs_an_account(giving: Course) -> None:
    client = Client()
    assert "needs an account" in page(client, earn(as_guest(client)))


def test_claiming_gives_what_is_on_record_and_nothing_else(
    course: Course, learner: User, browser: Client
) -> None:
    make_final(course)
    read_all(learner)
    give_certificates(course, final=False)
    answer = browser.post("/learn/two-pms/certificate/claim/", {"passed": "yes"})
    assert answer["Location"] == "/learn/two-pms/"
    assert not Certificate.objects.exists()


def test_who_finished_before_the_course_gave_any_claims_it(
    course: Course, learner: User, browser: Client
) -> None:
    make_final(course)
    read_all(learner)
    pass_final(learner)
    give_certificates(course, final=False)
    assert "Get the certificate" in browser.get("/learn/two-pms/").content.decode()
    for _ in range(2):
        answer = browser.post("/learn/two-pms/certificate/claim/")
        assert answer["Location"] == f"/certificates/{learner.certificates.get().pk}/"


def test_the_progress_page_tells_of_it_with_the_queries_that_it_has(
    giving: Course, learner: User, browser: Client
) -> None:
    organisation.current()
    read_all(learner)
    before = cost(browser, "/dashboard/")
    pass_final(learner, right=3, now=clock.now())
    certificate = learner.certificates.get()
    assert cost(browser, "/dashboard/") == before
    assert "Get your certificate" in browser.get("/dashboard/").content.decode()
    certificates.issue(user=learner, certificate_id=certificate.pk, name="Lea", now=clock.now())
    assert "certificate of “Two jobs”" in browser.get("/dashboard/").content.decode()
    certificates.revoke(certificate=certificate, reason="Why.", actor=None, now=clock.now())
    assert "was withdrawn on" in browser.get("/dashboard/").content.decode()


def cost(client: Client, path: str) -> int:
    """How many queries a page costs."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_checking_costs_a_visitor_one_query(giving: Course, learner: User) -> None:
    issued = earn_issued(learner, shared=True)
    organisation.current()
    with CaptureQueriesContext(connection) as queries:
        page(Client(), issued)
    assert len(queries) == 1


def test_the_pdf_is_one_page_of_real_letters(giving: Course, learner: User, browser: Client) -> None:
    issued = earn_issued(learner, name="Юлия Ó Súilleabháin")
    first = browser.get(f"/certificates/{issued.pk}.pdf")
    assert first["Content-Type"] == "application/pdf"
    assert first["X-Robots-Tag"] == "noindex"
    assert first.content.startswith(b"%PDF-")
    assert b"/Count 1" in first.content
    assert browser.get(f"/certificates/{issued.pk}.pdf").content == first.content


def test_a_title_that_cannot_be_set_is_said_instead_of_a_broken_file(
    course: Course, learner: User, browser: Client
) -> None:
    Course.objects.filter(pk=course.pk).update(title="项目")
    give_certificates(Course.objects.get(pk=course.pk))
    answer = browser.get(f"/certificates/{earn_issued(learner).pk}.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (409, "text/plain; charset=utf-8")
    assert "no font of ours has the letters “项目”. The page says the same." in answer.text
