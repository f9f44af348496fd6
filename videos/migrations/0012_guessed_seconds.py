"""A task keeps what it was guessed to take, which each attempt worked out anew before."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """0 is "not known": of tasks of before, and of processes that still run the code of before."""

    dependencies: ClassVar = [("videos", "0011_plain_help_texts")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="task",
            name="guessed_seconds",
            field=models.FloatField(
                db_default=0,
                default=0,
                help_text="Estimated duration before anything was measured on this system; 0: unknown.",
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
    ]
