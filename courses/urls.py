"""Addresses of the public pages of courses. URL names are view names."""

from django.urls import path

from courses import views

app_name = "courses"
urlpatterns = [
    # /courses/
    path("courses/", views.catalog, name="catalog"),
    path("courses/<slug:course>/", views.course, name="course"),
    # /glossary/
    path("glossary/", views.glossary, name="glossary"),
]
