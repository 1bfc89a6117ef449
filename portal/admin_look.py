"""How the admin looks: Unfold's settings. The accent is the portal's own."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy


def _icon(request: object) -> str:
    return static("icons.svg")


def _pages_style(request: object) -> str:
    return static("authoring.css")


def _page(icon: str, title: str, name: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{name}_changelist"), "table": name}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Crossroads",
    "SITE_HEADER": "Crossroads",
    "SITE_SUBHEADER": "For editors",
    "SITE_ICON": _icon,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _icon}],
    "STYLES": [_pages_style],
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
                    {"title": "Today", "icon": "today", "link": reverse_lazy("admin:index"), "table": ""}
                ]
            },
            {
                "title": "Teach",
                "items": [
                    _page("school", "Courses", "courses_course"),
                    _page("article", "Lessons", "courses_lesson"),
                    _page("quiz", "Questions", "courses_question"),
                    _page("fact_check", "Quizzes", "courses_quiz"),
                ],
            },
            {
                "title": "Choose a path",
                "items": [
                    _page("balance", "Fit check", "careers_instrument"),
                    _page("checklist", "Fit questions", "careers_item"),
                    _page("work", "Everyday tasks", "careers_task"),
                    _page("event_available", "Plans", "careers_plan"),
                ],
            },
            {
                "title": "Know",
                "items": [
                    _page("payments", "Facts", "courses_fact"),
                    _page("menu_book", "Glossary", "courses_glossaryterm"),
                    _page("psychology_alt", "Misconceptions", "courses_misconception"),
                    _page("flag", "Reports", "learning_contentreport"),
                    _page("link", "Sources", "courses_source"),
                    _page("image", "Pictures", "courses_mediaasset"),
                    _page("history", "Versions", "courses_version"),
                    _page("upgrade", "Updates", "courses_shippedcontent"),
                    _page("schedule", "Scheduled", "courses_publishjob"),
                    _page("rate_review", "Reviews", "courses_reviewrequest"),
                ],
            },
            {
                "title": "People and mail",
                "items": [
                    _page("insights", "Analytics", "learning_dailytotal"),
                    _page("group", "People", "accounts_user"),
                    _page("trending_up", "Learners", "learning_enrollment"),
                    _page("groups", "Cohorts", "learning_cohort"),
                    _page("more_time", "Extra time", "learning_accommodation"),
                    _page("forward_to_inbox", "Invitations", "accounts_invitation"),
                    _page("group_add", "Invitation waves", "accounts_invitationwave"),
                    _page("group_remove", "Leavers", "accounts_leaverlist"),
                    _page("alarm", "Reminders", "learning_remindercontract"),
                    _page("outgoing_mail", "Mail queue", "mailing_outboxmail"),
                    _page("pause_circle", "Mail switch", "mailing_mailcontrol"),
                    {
                        "title": "Texts",
                        "icon": "drafts",
                        "link": reverse_lazy("admin:accounts_organisation_mails"),
                        "table": None,
                        "right": "accounts.preview_texts",
                    },
                    _page("domain", "Organisation", "accounts_organisation"),
                    _page("receipt_long", "Audit log", "accounts_auditlog"),
                ],
            },
        ],
    },
}
