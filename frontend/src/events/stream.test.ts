import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { broken, INITIAL, opened, openStream, received, retryDelayMs, streamUrl } from "./stream";
import type { PlatformEvent } from "./types";

class FakeEventSource {
  static readonly CLOSED = 2;
  static opened: FakeEventSource[] = [];
  readonly url: string;
  readyState = 0;
  onopen: () => void = () => undefined;
  onerror: () => void = () => undefined;
  private readonly listeners = new Map<string, (message: { data: string }) => void>();

  constructor(url: string) {
    this.url = url;
    FakeEventSource.opened.push(this);
  }

  addEventListener(type: string, listener: (message: { data: string }) => void) {
    this.listeners.set(type, listener);
  }

  send(id: number, type: string) {
    this.listeners.get(type)?.({ data: JSON.stringify({ id, type, payload: {} }) });
  }

  fail(readyState: number) {
    this.readyState = readyState;
    this.onerror();
  }

  close() {
    this.readyState = FakeEventSource.CLOSED;
  }
}

describe("the reconnect state", () => {
  it("goes live when the stream opens and forgets earlier failures", () => {
    const state = opened(broken(broken(INITIAL)));
    expect(state).toEqual({ status: "live", lastEventId: null, failures: 0 });
  });

  it("drops an event that a reconnect repeats", () => {
    const first = received(INITIAL, 7);
    expect(first.isNew).toBe(true);
    expect(received(first.state, 7).isNew).toBe(false);
    expect(received(first.state, 6).state.lastEventId).toBe(7);
    expect(received(first.state, 8).isNew).toBe(true);
  });

  it("waits 1, 2, 4 seconds and never longer than 30", () => {
    expect([1, 2, 3, 10, 2000].map(retryDelayMs)).toEqual([1000, 2000, 4000, 30_000, 30_000]);
  });

  it("resumes after the last event", () => {
    expect(streamUrl(null)).toBe("/api/v1/events");
    expect(streamUrl(0)).toBe("/api/v1/events?last_event_id=0");
  });
});

describe("the stream", () => {
  const listener = {
    onEvent: vi.fn<(event: PlatformEvent) => void>(),
    onStatus: vi.fn(),
    onReset: vi.fn(),
    onRejected: vi.fn(),
  };

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("EventSource", FakeEventSource);
    FakeEventSource.opened = [];
    vi.resetAllMocks();
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("leaves a dropped connection to the browser, which resumes it by itself", () => {
    openStream(listener);
    FakeEventSource.opened[0]?.onopen();
    FakeEventSource.opened[0]?.fail(0);
    vi.advanceTimersByTime(120_000);
    expect(FakeEventSource.opened).toHaveLength(1);
    expect(listener.onStatus.mock.calls.flat()).toEqual(["live", "reconnecting"]);
    expect(listener.onRejected).not.toHaveBeenCalled();
  });

  it("opens a new connection after the last event once the browser has given up", () => {
    openStream(listener);
    FakeEventSource.opened[0]?.onopen();
    FakeEventSource.opened[0]?.send(41, "job.queued");
    FakeEventSource.opened[0]?.fail(FakeEventSource.CLOSED);
    expect(listener.onRejected).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(999);
    expect(FakeEventSource.opened).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(FakeEventSource.opened[1]?.url).toBe("/api/v1/events?last_event_id=41");
    FakeEventSource.opened[1]?.send(41, "job.queued");
    FakeEventSource.opened[1]?.send(42, "job.running");
    expect(listener.onEvent.mock.calls.map(([event]) => event.id)).toEqual([41, 42]);
  });

  it("goes on from a lower number after a reset, when the database was restored from a backup", () => {
    openStream(listener);
    const source = FakeEventSource.opened[0];
    source?.send(900, "job.queued");
    source?.send(12, "reset");
    source?.send(13, "job.queued");
    expect(listener.onReset).toHaveBeenCalledOnce();
    expect(listener.onEvent.mock.calls.map(([event]) => event.id)).toEqual([900, 13]);
  });

  it("opens nothing after it was closed", () => {
    const stream = openStream(listener);
    FakeEventSource.opened[0]?.fail(FakeEventSource.CLOSED);
    stream.close();
    vi.advanceTimersByTime(60_000);
    expect(FakeEventSource.opened).toHaveLength(1);
  });
});
