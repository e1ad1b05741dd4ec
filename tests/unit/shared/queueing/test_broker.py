import time

import pytest

from shared.contracts.names import Queue
from shared.queueing.broker import send, sender_app, worker_app
from tests.fixtures.servers import PrivateRedis


@pytest.mark.parametrize("broker", ["memory", "redis"])
def test_a_message_goes_to_its_own_queue_only(broker: str, shared_redis: PrivateRedis) -> None:
    url = "memory://" if broker == "memory" else shared_redis.url
    both = worker_app("both", url, [Queue.CT_STAT, Queue.CT])
    with both.connection_for_read() as connection, both.amqp.TaskConsumer(connection.default_channel) as consumer:
        consumer.purge()
        for queue in (Queue.CT, Queue.CT_STAT, Queue.CT_STAT):
            send(sender_app(url), task="test", queue=queue, payload={})
        channel = connection.default_channel
        deadline = time.monotonic() + 10
        while channel._size("ct") + channel._size("ct.stat") < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert (channel._size("ct"), channel._size("ct.stat")) == (1, 2)
        consumer.purge()
