"""How the admin looks: Unfold's settings. The accent is the portal's own."""

from typing import TYPE_CHECKING, Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _icon(request: object) -> str:
    return static("icons.svg")


def _pages_style(request: object) -> str:
    return static("authoring.css")


def _keys_script(request: object) -> str:
    return static("admin.js")


def _page(icon: str, title: "StrPromise", name: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}_changelist"), "table": name}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Crossroads",
    "SITE_HEADER": "Crossroads",
    "SITE_SUBHEADER": _("For editors"),
    "SITE_ICON": _icon,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _icon}],
    "STYLES": [_pages_style],
    "SCRIPTS": [_keys_script],
    "DASHBOARD_CALLBACK": "portal.views.admin_start.start_page",
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "9px",
    "COLORS": {
        "primary": {
            "50": "oklch(97% .015 262)",
            "100": "oklch(94% .03 262)",
            "200": "oklch(88% .06 262)",
            "300": "oklch(80% .09 262)",
            "400": "oklch(70% .12 262)",
            "500": "oklch(55% .14 262)",
            "600": "oklch(46% .13 262)",
            "700": "oklch(40% .12 262)",
            "800": "oklch(34% .10 262)",
            "900": "oklch(28% .08 262)",
            "950": "oklch(22% .06 262)",
        },
    },
    "SIDEBAR": {
        "show_search": True,
        "navigation": [
            {
                "items": [
                    {"title": _("Today"), "icon": "today", "link": reverse_lazy("admin:index"), "table": ""}
                ]
            },
            {
                "title": _("Teach"),
                "items": [
                    _page("school", _("Courses"), "courses_course"),
                    _page("article", _("Lessons"), "courses_lesson"),
                    _page("quiz", _("Questions"), "courses_question"),
                    _page("fact_check", _("Quizzes"), "courses_quiz"),
                    _page("swap_horiz", _("Drill"), "courses_drillsentence"),
                    _page("newspaper", _("Adverts"), "courses_advert"),
                ],
            },
            {
                "title": _("Choose a path"),
                "items": [
                    _page("balance", _("Fit check"), "careers_instrument"),
                    _page("checklist", _("Fit questions"), "careers_item"),
                    _page("work", _("Everyday tasks"), "careers_task"),
                    _page("event_available", _("Plans"), "careers_plan"),
                ],
            },
            {
                "title": _("Know"),
                "items": [
                    _page("payments", _("Facts"), "courses_fact"),
                    _page("menu_book", _("Glossary"), "courses_glossaryterm"),
                    _page("psychology_alt", _("Misconceptions"), "courses_misconception"),
                    _page("flag", _("Reports"), "learning_contentreport"),
                    _page("link", _("Sources"), "courses_source"),
                    _page("image", _("Pictures"), "courses_mediaasset"),
                    _page("history", _("Versions"), "courses_version"),
                    _page("upgrade", _("Updates"), "courses_shippedcontent"),
                    _page("schedule", _("Scheduled"), "courses_publishjob"),
                    _page("rate_review", _("Reviews"), "courses_reviewrequest"),
                ],
            },
            {
                "title": _("People and mail"),
                "items": [
                    _page("insights", _("Analytics"), "learning_dailytotal"),
                    _page("group", _("People"), "accounts_user"),
                    _page("trending_up", _("Learners"), "learning_enrollment"),
                    _page("groups", _("Cohorts"), "learning_cohort"),
                    _page("more_time", _("Extra time"), "learning_accommodation"),
                    _page("workspace_premium", _("Certificates"), "learning_certificate"),
                    _page("key", _("Second steps"), "mfa_authenticator"),
                    _page("forward_to_inbox", _("Invitations"), "accounts_invitation"),
                    _page("group_add", _("Invitation waves"), "accounts_invitationwave"),
                    _page("group_remove", _("Leavers"), "accounts_leaverlist"),
                    _page("alarm", _("Reminders"), "learning_remindercontract"),
                    _page("outgoing_mail", _("Mail queue"), "mailing_outboxmail"),
                    _page("pause_circle", _("Mail switch"), "mailing_mailcontrol"),
                    _page("block", _("Refused addresses"), "mailing_suppression"),
                    {
                        "title": _("Texts"),
                        "icon": "drafts",
                        "link": reverse_lazy("admin:accounts_organisation_mails"),
                        "table": None,
                        "right": "accounts.preview_texts",
                    },
                    _page("domain", _("Organisation"), "accounts_organisation"),
                    _page("receipt_long", _("Audit log"), "accounts_auditlog"),
                ],
            },
        ],
    },
}
