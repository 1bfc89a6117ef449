"""Courses, their modules, lessons and objectives."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.knowledge import GlossaryTerm, Source
from courses.models.versions import KEY, Versioned, archived_is_not_live


class CourseQuerySet(models.QuerySet["Course"]):
    def live(self) -> "CourseQuerySet":
        """Courses that learners can see, with their live outline."""
        return self.filter(live_version__isnull=False, archived_at__isnull=True).select_related(
            "live_version"
        )


class Course(Versioned):
    """A course. Its Version (kind outline) fixes titles and the order of modules, lessons and quizzes."""

    title = models.CharField(max_length=120)
    summary = models.TextField()
    language = models.CharField(max_length=10, default="en")
    order = models.PositiveSmallIntegerField(default=0)
    certificate = models.BooleanField(
        default=False, help_text=_("Whoever has done every lesson and passed the final gets a certificate.")
    )

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="course_key_is_unique"),
            archived_is_not_live("course"),
        ]

    def __str__(self) -> str:
        return self.title


class Module(models.Model):
    """A chapter of a course. Learners see it through the course's outline version."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="modules")
    key = models.CharField(max_length=60, validators=[KEY])
    title = models.CharField(max_length=120)
    order = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "key"], name="module_key_is_unique_in_course")
        ]

    def __str__(self) -> str:
        return self.title


class LessonQuerySet(models.QuerySet["Lesson"]):
    def live(self) -> "LessonQuerySet":
        """Lessons that learners can see, with live version and course."""
        return self.filter(live_version__isnull=False).select_related("live_version", "course__live_version")


class Lesson(Versioned):
    """A lesson's draft. `body` is Markdown with directives (docs/authoring.md)."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="lessons")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="lessons")
    order = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=120)
    question = models.CharField(max_length=200, help_text=_("The one question that this lesson answers."))
    open = models.BooleanField(default=False, help_text=_("Readable without an account."))
    body = models.TextField()
    terms = models.ManyToManyField(GlossaryTerm, blank=True, related_name="lessons")
    sources = models.ManyToManyField(Source, blank=True, related_name="lessons")
    revision = models.PositiveIntegerField(
        default=1,
        editable=False,
        help_text=_("One more with each saving of the draft; an older one never wins."),
    )

    objects = LessonQuerySet.as_manager()

    class Meta:
        ordering = ["module__order", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "key"], name="lesson_key_is_unique_in_course"),
            archived_is_not_live("lesson"),
        ]

    def __str__(self) -> str:
        return self.title


class Objective(models.Model):
    """What a learner can do after a lesson, as an observable verb. Mastery is counted per objective."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="objectives")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="objectives")
    key = models.CharField(max_length=60, validators=[KEY])
    text = models.CharField(max_length=200)
    order = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "key"], name="objective_key_is_unique_in_course")
        ]

    def __str__(self) -> str:
        return self.text
