"""Contacts from visits, seats, households and interviews: who was exposed to whom, when, for how long."""

from bihuan.engines.tracing._bulk import iter_sources, trace
from bihuan.engines.tracing._cases import case_ids, case_times
from bihuan.engines.tracing._exposures import (
    SHARED_KINDS,
    Exposure,
    Member,
    Ride,
    Statement,
    exposures_by_group,
    exposures_by_interview,
    exposures_by_seat,
)
from bihuan.engines.tracing._index import index_visits, whole_numbers_if_written_so
from bihuan.engines.tracing._read import read_visits
from bihuan.engines.tracing._spark import spark_session, trace_on_spark
from bihuan.engines.tracing._tables import contacts_schema
from bihuan.engines.tracing._timeline import Finding, ToldStay, check_timeline
from bihuan.engines.tracing._times import parse_time
from bihuan.engines.tracing._values import Fault, Trace, Visits, WidePlace, Window

__all__ = [
    "SHARED_KINDS",
    "Exposure",
    "Fault",
    "Finding",
    "Member",
    "Ride",
    "Statement",
    "ToldStay",
    "Trace",
    "Visits",
    "WidePlace",
    "Window",
    "case_ids",
    "case_times",
    "check_timeline",
    "contacts_schema",
    "exposures_by_group",
    "exposures_by_interview",
    "exposures_by_seat",
    "index_visits",
    "iter_sources",
    "parse_time",
    "read_visits",
    "spark_session",
    "trace",
    "trace_on_spark",
    "whole_numbers_if_written_so",
]
