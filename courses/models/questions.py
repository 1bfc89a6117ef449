"""Questions with their choices (the item bank), and quizzes with the pools they draw from."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Upper
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.models.knowledge import Misconception
from courses.models.outline import Course, Lesson, Module, Objective
from courses.models.versions import KEY, Versioned, archived_is_not_live

ONLY_THE_FINAL = _("Choose a module; only the quiz with the key “final” has none.")


class Difficulty(models.TextChoices):
    EASY = "easy", _("Easy")
    MEDIUM = "medium", _("Medium")
    HARD = "hard", _("Hard")


class Use(models.TextChoices):
    """Where a question may appear. What a lesson asks as a check is not asked again for marks."""

    CHECK = "check", _("Check in a lesson")
    QUIZ = "quiz", _("Graded quiz")
    REVIEW = "review", _("Review")


def searched(*names: str) -> models.GeneratedField:
    """A column that PostgreSQL makes of others: all that a search looks through, in capitals, one a line."""
    texts = [part for name in names for part in (Value("\n"), F(name))][1:]
    text = Concat(*texts, output_field=models.TextField()) if len(texts) > 1 else texts[0]
    return models.GeneratedField(expression=Upper(text), output_field=models.TextField(), db_persist=True)


def default_uses() -> list[str]:
    """Quiz and review: what a question is for unless it says else."""
    return [Use.QUIZ.value, Use.REVIEW.value]


class QuestionQuerySet(models.QuerySet["Question"]):
    def drawable(self) -> "QuestionQuerySet":
        """Live questions that a graded quiz may draw."""
        return self.filter(live_version__isnull=False, uses__contains=[Use.QUIZ.value])


class Question(Versioned):
    """One item of a module's bank. `type` names a module of `courses.question_types`."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="questions")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="questions")
    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="questions")
    type = models.CharField(max_length=12)
    uses = ArrayField(models.CharField(max_length=6, choices=Use), default=default_uses)
    passage_lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="passage_questions")
    passage_heading = models.CharField(
        max_length=80, help_text=_("Id of the heading of the passage that teaches it.")
    )
    difficulty = models.CharField(max_length=6, choices=Difficulty)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    prompt = models.TextField()
    buckets = ArrayField(
        models.CharField(max_length=120),
        default=list,
        blank=True,
        help_text=_("classify: where to sort; match: right sides that belong to no left one."),
    )
    settings = models.JSONField(
        default=dict, blank=True, help_text=_("What the shape of the type names, such as the right number.")
    )
    misconception = models.ForeignKey(
        Misconception, null=True, blank=True, on_delete=models.PROTECT, related_name="questions"
    )
    explanation = models.TextField()
    order = models.PositiveSmallIntegerField(default=0)
    search_text = searched("prompt", "key", "explanation")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["module__order", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "key"], name="question_key_is_unique_in_course"),
            models.CheckConstraint(name="question_has_a_use", condition=~Q(uses=[])),
            archived_is_not_live("question"),
        ]

    def __str__(self) -> str:
        return self.prompt


class Choice(models.Model):
    """An option, an item to sort (classify), a left side (match) or, in the right order, a step (order)."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="choices")
    key = models.CharField(max_length=60, validators=[KEY])
    text = models.TextField()
    correct = models.BooleanField(default=False)
    bucket = models.CharField(
        max_length=120, blank=True, help_text=_("classify: where the item belongs; match: its right side.")
    )
    credit = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("scenario: what experts find it worth, from 0 to 1; the best has 1."),
    )
    feedback = models.TextField(
        blank=True, help_text=_("Shown after the answer: why it is right, or why it tempts.")
    )
    misconception = models.ForeignKey(
        Misconception, null=True, blank=True, on_delete=models.PROTECT, related_name="choices"
    )
    order = models.PositiveSmallIntegerField(default=0)
    search_text = searched("text")

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["question", "key"], name="choice_key_is_unique_in_question"),
            models.CheckConstraint(
                name="credit_is_a_share", condition=Q(credit=None) | Q(credit__range=(0, 1))
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Quiz(Versioned):
    """A graded quiz: of a module (its key is the module's) or of the whole course (key `final`)."""

    class Feedback(models.TextChoices):
        IMMEDIATE = "immediate", _("After each answer")
        AT_END = "at_end", _("At the end")
        AFTER_PASSING = "after_passing", _("After passing")

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="quizzes")
    module = models.OneToOneField(
        Module, null=True, blank=True, on_delete=models.PROTECT, related_name="quiz"
    )
    title = models.CharField(max_length=120)
    pass_mark = models.PositiveSmallIntegerField(
        help_text=_("Per cent of the credit."), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    feedback = models.CharField(max_length=13, choices=Feedback, default=Feedback.AT_END)
    shuffle_questions = models.BooleanField(default=True)
    shuffle_choices = models.BooleanField(default=True)
    attempts_allowed = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("Empty: unlimited.")
    )
    delay_hours = models.PositiveSmallIntegerField(default=0, help_text=_("Hours between two attempts."))
    time_limit_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("Empty: no limit.")
    )
    ask_sureness = models.BooleanField(default=True, help_text=_("Submit with Guess, I think so, I am sure."))

    class Meta:
        verbose_name_plural = _("quizzes")
        ordering = ["module__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "key"], name="quiz_key_is_unique_in_course"),
            models.CheckConstraint(name="pass_mark_is_a_percentage", condition=Q(pass_mark__range=(1, 100))),
            models.CheckConstraint(
                name="only_the_final_has_no_module",
                condition=Q(module=None, key="final") | (~Q(module=None) & ~Q(key="final")),
                violation_error_message=ONLY_THE_FINAL,
            ),
            archived_is_not_live("quiz"),
        ]

    def __str__(self) -> str:
        return self.title


class QuizPool(models.Model):
    """A part of a quiz: draw so many questions on these objectives."""

    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="pools")
    order = models.PositiveSmallIntegerField(default=0)
    draw = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    objectives = models.ManyToManyField(Objective, blank=True, related_name="pools")
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    difficulty = models.CharField(max_length=6, choices=Difficulty, blank=True)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.CheckConstraint(name="pool_draws_something", condition=Q(draw__gte=1))]

    def __str__(self) -> str:
        return gettext("draw %(draw)s") % {"draw": self.draw}
