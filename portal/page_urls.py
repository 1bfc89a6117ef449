"""The addresses of the front hall's own pages."""

from django.urls import path

from portal.views import home, installed, legal, progress, search, why

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    # What search engines ask for
    path("robots.txt", home.robots, name="robots"),
    path("sitemap.xml", home.sitemap, name="sitemap"),
    # What browsers ask for to install the portal, and to serve what a device keeps
    path("manifest.webmanifest", installed.manifest, name="manifest"),
    path("sw.js", installed.service_worker, name="service_worker"),
    # /search/
    path("search/", search.search, name="search"),
    # Help and legal pages
    path("help/", legal.help, name="help"),
    path("privacy/", legal.privacy, name="privacy"),
    path("terms/", legal.terms, name="terms"),
    path("imprint/", legal.imprint, name="imprint"),
    path("accessibility/", legal.accessibility, name="accessibility"),
    # /dashboard/: the progress page
    path("dashboard/", progress.dashboard, name="dashboard"),
    path("dashboard/answers/", progress.dashboard_answers, name="dashboard_answers"),
    path("dashboard/goal/", progress.set_goal, name="set_goal"),
    path("dashboard/report/", progress.progress_report, name="progress_report"),
    path("dashboard/done/<slug:course>/", why.why_done, name="why_done"),
    path("dashboard/shown/<slug:course>/", why.why_shown, name="why_shown"),
    path("dashboard/recalled/", why.why_recalled, name="why_recalled"),
    path("dashboard/days/", why.study_days, name="study_days"),
]
