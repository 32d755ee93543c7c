"""The embedded queue: Kombu's filesystem transport, made safe for several processes.

Kombu writes a message in place, so that a worker may pick it up before it is whole, and a message that cannot be read
ends the worker (seen with Kombu 5.7). Here a message appears whole, by a rename, and an unreadable one is put aside
with a warning: it is only a bell, the sweep rings again.
"""

from __future__ import annotations

import logging
import os
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        # By the clock on the wall, so that messages keep their order over a restart of the machine.
        name = f"{time.time_ns() // 1_000_000}_{uuid.uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        part = folder / f".{name}.part"
        try:
            part.write_text(dumps(payload))
            os.replace(part, folder / name)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise ChannelError(f"The message cannot be put into {folder}: {error.strerror}.") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        while True:
            try:
                return super()._get(queue)
            except ValueError:  # not JSON: Kombu has moved it to the processed ones already
                logger.warning("A message of the queue %s could not be read and was put aside.", queue)


class Transport(filesystem.Transport):
    Channel = Channel


TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
