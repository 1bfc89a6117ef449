"""Write the careers room's files in the one canonical form. Pure."""

from careers.content_files import format as files
from courses.content_files.writer import dump


def package_files(package: files.Package) -> dict[str, str]:
    """Return the text of each file by its name; nothing for what there is none of."""
    texts: dict[str, str] = {}
    if package.fit_check:
        texts[files.FIT_CHECK] = dump(files.fit_check_record(package))
    if package.tasks:
        tasks = sorted(package.tasks, key=lambda task: (task.order, task.key))
        texts[files.ALREADY] = "\n".join(dump([files.task_record(task)]) for task in tasks)
    if package.plans:
        plans = sorted(package.plans, key=lambda plan: files.PATHS.index(plan.key))
        texts[files.PLANS] = "\n".join(dump([files.plan_record(plan)]) for plan in plans)
    return texts
