"""What is done outside requests."""

from bima_national_id import services
from core import Job

ALL = (Job(services.LOOK_UP, run=services.look_up),)
