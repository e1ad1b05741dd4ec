import { EVENT_TYPES, type PlatformEvent } from "./types";

/** What the page knows of its event stream. */
export type StreamStatus = "connecting" | "live" | "reconnecting";

/** Everything the reconnect logic remembers. */
export interface StreamState {
  status: StreamStatus;
  /** Id of the newest event seen; a new connection resumes after it. */
  lastEventId: number | null;
  /** Failed attempts since the stream was last open. */
  failures: number;
}

export const INITIAL: StreamState = { status: "connecting", lastEventId: null, failures: 0 };

/** The stream opened. */
export function opened(state: StreamState): StreamState {
  return { ...state, status: "live", failures: 0 };
}

/** The stream broke, whether the browser retries by itself or gave up. */
export function broken(state: StreamState): StreamState {
  return { ...state, status: "reconnecting", failures: state.failures + 1 };
}

/** An event arrived: the new state, and whether the event is new (a reconnect may repeat what was already seen). */
export function received(state: StreamState, id: number): { state: StreamState; isNew: boolean } {
  const isNew = state.lastEventId === null || id > state.lastEventId;
  return { state: isNew ? { ...state, lastEventId: id } : state, isNew };
}

/** Events were lost, and `id` may be lower than what was seen (a restored database): go on from there. */
export function reset(state: StreamState, id: number): StreamState {
  return { ...state, lastEventId: id };
}

/** Pause before the next own attempt: 1 s doubling up to 30 s. */
export function retryDelayMs(failures: number): number {
  return Math.min(30_000, 1_000 * 2 ** Math.max(0, failures - 1));
}

/** Where to connect: with the last id, so that nothing in between is lost. */
export function streamUrl(lastEventId: number | null): string {
  return lastEventId === null ? "/api/v1/events" : `/api/v1/events?last_event_id=${lastEventId}`;
}

/** What a page does with the stream. */
export interface StreamListener {
  onEvent: (event: PlatformEvent) => void;
  onStatus: (status: StreamStatus) => void;
  /** Called when events were lost, so that everything shown may be out of date. */
  onReset: () => void;
  /** Called each time the browser gives up for good, which it does on an error status such as 401. */
  onRejected: () => void;
}

/**
 * Keeps one EventSource open until `close` is called. A dropped connection is resumed by the browser (Last-Event-ID);
 * after an error status the browser gives up, and this opens a new one after a growing pause.
 */
export function openStream(listener: StreamListener): { close: () => void } {
  let state = INITIAL;
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const enter = (next: StreamState) => {
    if (next.status !== state.status) listener.onStatus(next.status);
    state = next;
  };

  const connect = () => {
    const current = new EventSource(streamUrl(state.lastEventId));
    source = current;
    current.onopen = () => enter(opened(state));
    current.onerror = () => {
      enter(broken(state));
      if (current.readyState !== EventSource.CLOSED) return;
      listener.onRejected();
      timer = setTimeout(connect, retryDelayMs(state.failures));
    };
    current.addEventListener("reset", onReset);
    for (const type of EVENT_TYPES) current.addEventListener(type, onMessage);
  };

  const onMessage = (message: MessageEvent<string>) => {
    const event = JSON.parse(message.data) as PlatformEvent;
    const next = received(state, event.id);
    enter(next.state);
    if (next.isNew) listener.onEvent(event);
  };

  const onReset = (message: MessageEvent<string>) => {
    enter(reset(state, (JSON.parse(message.data) as { id: number }).id));
    listener.onReset();
  };

  connect();
  return {
    close: () => {
      clearTimeout(timer);
      source?.close();
    },
  };
}
