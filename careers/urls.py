"""Addresses of the careers room. URL names are view names."""

from django.urls import path

from careers.views import again, already, fit, plans

app_name = "careers"
urlpatterns = [
    # /fit/
    path("fit/", fit.fit, name="fit"),
    path("fit/<int:number>/", fit.fit_question, name="fit_question"),
    path("fit/<int:number>/answer/", fit.answer_fit, name="answer_fit"),
    path("fit/again/", fit.take_fit_again, name="take_fit_again"),
    # /fit/after/<course>/<module>/
    path("fit/after/<slug:course>/<slug:module>/", again.fit_after, name="fit_after"),
    path("fit/after/<slug:course>/<slug:module>/answer/", again.answer_fit_after, name="answer_fit_after"),
    path("fit/after/<slug:course>/<slug:module>/skip/", again.skip_fit_after, name="skip_fit_after"),
    # /fit/result/
    path("fit/result/", fit.fit_result, name="fit_result"),
    path("fit/result/<int:number>/", fit.fit_result, name="fit_result"),
    path("fit/memo/", fit.fit_memo, name="fit_memo"),
    path("fit/memo.pdf", fit.fit_memo_pdf, name="fit_memo_pdf"),
    path("fit/previews/", fit.react_to_previews, name="react_to_previews"),
    # /fit/already/
    path("fit/already/", already.already, name="already"),
    path("fit/already/choose/", already.choose_tasks, name="choose_tasks"),
    # /fit/plan/<path>/
    path("fit/plan/<slug:key>/", plans.plan, name="plan"),
    path("fit/plan/<slug:key>/tick/", plans.tick_plan, name="tick_plan"),
]
