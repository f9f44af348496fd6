"""A task keeps what it was guessed to take, which each attempt worked out anew before."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations, models


def take_expected(apps: Any, schema_editor: Any) -> None:
    """What tasks of before were expected to take is the best guess that is left of them."""
    tasks = apps.get_model("videos", "Task").objects.exclude(status="complete")
    tasks.update(guessed_seconds=models.F("expected_seconds"))


class Migration(migrations.Migration):
    """The database has a default of its own, for processes that still run the code of before."""

    dependencies: ClassVar = [("videos", "0011_plain_help_texts")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="task",
            name="guessed_seconds",
            field=models.FloatField(
                db_default=0,
                default=0,
                help_text="Estimated duration before anything was measured on this system.",
            ),
        ),
        migrations.AlterField(
            model_name="task",
            name="expected_seconds",
            field=models.FloatField(
                default=0,
                help_text="Estimated duration, corrected by how long such tasks have taken.",
            ),
        ),
        migrations.RunPython(take_expected, migrations.RunPython.noop),
    ]
