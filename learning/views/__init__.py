"""What a learner's browser asks for: lessons and their checks, quizzes and their attempts."""
