"""What happens by night to people whose registration ended long ago."""

from core import Job
from modules.privacy import services

RETAIN = Job(services.RETAIN, run=services.retain, cron="30 2 * * *")

ALL = (RETAIN,)
