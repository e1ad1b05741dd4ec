"""The Celery applications: one that only sends, and one per service that works."""

from collections.abc import Iterable
from typing import Any

from celery import Celery
from kombu.entity import Exchange
from kombu.entity import Queue as KombuQueue

from shared.contracts.names import Queue

# A message older than this is dropped unread: by then the relay has sent the job again.
MESSAGE_LIFE_S = 24 * 3600


def sender_app(broker_url: str) -> Celery:
    """An application that sends tasks by name and knows no worker's code."""
    app = _app("sender", broker_url)
    # One try per message: the relay comes back by itself, and holds a database lock while it sends.
    app.conf.broker_transport_options |= {"max_retries": 1, "interval_start": 0, "interval_max": 0.1}
    return app


def worker_app(name: str, broker_url: str, queues: Iterable[Queue]) -> Celery:
    """An application that drains ``queues``, one message at a time, in the order of the argument."""
    app = _app(name, broker_url)
    queues = list(queues)
    app.conf.update(
        # A message is only a call to look into the database, so it is taken without acknowledgement. What late
        # acknowledgement is for, leases and resending do in seconds. With it, a Redis that was away at the moment of
        # acknowledging left the worker connected but deaf for good (5 of 29 restarts): the one message that it could
        # not acknowledge filled its prefetch window.
        task_queues=[KombuQueue(queue.value, _exchange(queue), queue.value, no_ack=True) for queue in queues],
        task_default_queue=queues[0].value,
        worker_prefetch_multiplier=1,
        worker_send_task_events=False,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
    )
    return app


def send(app: Celery, *, task: str, queue: str, payload: dict[str, Any]) -> None:
    """Hand one message to the broker. Raises what kombu raises if the broker does not take it."""
    app.send_task(task, kwargs=payload, queue=queue, expires=MESSAGE_LIFE_S, retry=False, ignore_result=True)


def _exchange(queue: Queue) -> Exchange:
    """One exchange per queue, as senders declare it; Celery's default binds all queues of a worker to the first's."""
    return Exchange(queue.value, type="direct")


def _app(name: str, broker_url: str) -> Celery:
    app = Celery(name, broker=broker_url, set_as_current=False)
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        broker_connection_timeout=5,
        broker_transport_options={
            "socket_connect_timeout": 5,
            "socket_timeout": 10,
            "socket_keepalive": True,
            "health_check_interval": 10,
        }
        if broker_url.startswith("redis")
        # In one process there is nothing to wait for but the other thread.
        else {"polling_interval": 0.05},
    )
    return app
