"""A Spark session for the commands that take one, or one line on what is missing."""

import os
import shutil
from typing import Any

from bihuan.cli._frame import Unusable, say


def spark_session() -> Any:
    """A session on the cluster the variable SPARK_MASTER names (default local[*])."""
    from bihuan.engines import tracing

    if not shutil.which("java"):
        raise Unusable("Spark needs Java 17", mend="install a Java 17 runtime")
    say("starting Spark")
    try:
        return tracing.spark_session(os.environ.get("SPARK_MASTER", "local[*]"))
    except ImportError:
        raise Unusable("pyspark is not installed", mend="pip install 'bihuan[spark]'") from None
