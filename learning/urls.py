"""Addresses of what a learner does. URL names are view names."""

from django.urls import path

from learning.views import (
    certificates,
    cohorts,
    drill,
    lessons,
    notes,
    offline,
    practice,
    preview,
    quizzes,
    reminders,
    reports,
    review,
    review_plan,
    try_question,
)

app_name = "learning"
urlpatterns = [
    # /learn/<course>/
    path("learn/<slug:course>/", lessons.my_course, name="my_course"),
    # /learn/<course>/quiz/<quiz>/
    path("learn/<slug:course>/quiz/<slug:quiz>/", quizzes.quiz, name="quiz"),
    path("learn/<slug:course>/quiz/<slug:quiz>/start/", quizzes.start_attempt, name="start_attempt"),
    # /learn/<course>/<lesson>/
    path("learn/<slug:course>/<slug:lesson>/", lessons.lesson, name="lesson"),
    path("learn/<slug:course>/<slug:lesson>/complete/", lessons.complete_lesson, name="complete_lesson"),
    path("learn/<slug:course>/<slug:lesson>/undo/", lessons.undo_lesson, name="undo_lesson"),
    path("learn/<slug:course>/<slug:lesson>/reread/", lessons.reread_lesson, name="reread_lesson"),
    path("learn/<slug:course>/<slug:lesson>/checks/<slug:key>/", lessons.answer_check, name="answer_check"),
    path("learn/<slug:course>/<slug:lesson>/terms/<slug:key>/opened/", lessons.open_term, name="open_term"),
    path("learn/<slug:course>/<slug:lesson>/note/", notes.save_note, name="save_note"),
    path("learn/<slug:course>/<slug:lesson>/bookmark/", notes.set_bookmark, name="set_bookmark"),
    path("learn/<slug:course>/<slug:lesson>/offline/", offline.offline_lesson, name="offline_lesson"),
    path("learn/<slug:course>/<slug:lesson>/offline/send/", offline.send_kept, name="send_kept"),
    path("learn/<slug:course>/certificate/claim/", certificates.claim_certificate, name="claim_certificate"),
    # /report/: what somebody says is wrong with what they were shown
    path("report/<str:mark>/", reports.report, name="report"),
    # /certificates/: what proves them first, for it is no id
    path("certificates/issuer.json", certificates.badge_issuer, name="badge_issuer"),
    path("certificates/keys.json", certificates.badge_keys, name="badge_keys"),
    path("certificates/keys/<slug:thumbprint>.json", certificates.badge_key, name="badge_key"),
    path("certificates/withdrawn.json", certificates.badge_revocations, name="badge_revocations"),
    # /certificates/<id>/
    path("certificates/<uuid:certificate_id>/", certificates.certificate, name="certificate"),
    path(
        "certificates/<uuid:certificate_id>/issue/", certificates.issue_certificate, name="issue_certificate"
    ),
    path(
        "certificates/<uuid:certificate_id>/share/", certificates.share_certificate, name="share_certificate"
    ),
    path("certificates/<uuid:certificate_id>.pdf", certificates.certificate_pdf, name="certificate_pdf"),
    path("certificates/<uuid:certificate_id>.json", certificates.certificate_json, name="certificate_json"),
    path("certificates/<uuid:certificate_id>.jwt", certificates.certificate_jwt, name="certificate_jwt"),
    path(
        "certificates/<uuid:certificate_id>/badge.<str:kind>",
        certificates.certificate_badge,
        name="certificate_badge",
    ),
    # /cohorts/: for those who look after one
    path("cohorts/", cohorts.cohorts, name="cohorts"),
    path("cohorts/<int:cohort_id>/", cohorts.cohort, name="cohort"),
    path("cohorts/<int:cohort_id>/members.csv", cohorts.cohort_csv, name="cohort_csv"),
    # /offline/: what a device keeps
    path("offline/", offline.saved_modules, name="saved_modules"),
    # /notes/
    path("notes/", notes.notes, name="notes"),
    # /attempts/<id>/
    path("attempts/<uuid:attempt_id>/", quizzes.attempt, name="attempt"),
    path("attempts/<uuid:attempt_id>/answers/<int:position>/", quizzes.save_answer, name="save_answer"),
    path("attempts/<uuid:attempt_id>/submit/", quizzes.submit_attempt, name="submit_attempt"),
    path("attempts/<uuid:attempt_id>/result/", quizzes.result, name="result"),
    path("attempts/<uuid:attempt_id>/practise/", practice.practise, name="practise"),
    # /review/
    path("review/", review_plan.review, name="review"),
    path("review/rhythm/", review_plan.set_rhythm, name="set_rhythm"),
    path("review/interview/", review_plan.set_interview, name="set_interview"),
    path("review/card/", review.review_card, name="review_card"),
    path("review/cards/<int:card_id>/answer/", review.answer_card, name="answer_card"),
    path("review/answers/<int:log_id>/", review.review_answer, name="review_answer"),
    path("review/answers/<int:log_id>/undo/", review.undo_review, name="undo_review"),
    # /preview/: drafts, for editors
    path("preview/questions/<int:question_id>/", try_question.try_question, name="try_question"),
    path("preview/lessons/<int:lesson_id>/", preview.preview_lesson, name="preview_lesson"),
    path("preview/lessons/<int:lesson_id>/frame/", preview.preview_frame, name="preview_frame"),
    # /drill/
    path("drill/", drill.drill, name="drill"),
    path("drill/answers/", drill.answer_drill, name="answer_drill"),
    path("drill/answers/<int:number>/", drill.drill_answered, name="drill_answered"),
    path("drill/adverts/", drill.drill_adverts, name="drill_adverts"),
    path("drill/adverts/<slug:key>/", drill.drill_advert, name="drill_advert"),
    # reminders: the settings, and what mails link to
    path("settings/reminders/", reminders.settings_reminders, name="settings_reminders"),
    path("reminders/u/<str:token>/", reminders.unsubscribe, name="unsubscribe"),
    path("reminders/q/<str:token>/", reminders.mailed_question, name="mailed_question"),
]
