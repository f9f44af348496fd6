"""The kinds of outputs are declared in code; a new one needs no migration."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """The column stays as it is: choices are Python's alone."""

    dependencies: ClassVar = [("videos", "0009_upload_key")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="output",
            name="kind",
            field=models.CharField(max_length=20, verbose_name="kind"),
        ),
    ]
