import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import type { Study, Video } from "../api/types";
import { Pace } from "./pace";
import { staleKeys, withProgress } from "./staleness";
import { openStream, type StreamStatus } from "./stream";
import type { PlatformEvent } from "./types";

type Listener = (event: PlatformEvent) => void;

interface Events {
  status: StreamStatus;
  subscribe: (listener: Listener) => () => void;
}

const EventsContext = createContext<Events>({ status: "connecting", subscribe: () => () => undefined });

/** Holds the tab's single event stream: keeps cached queries fresh and passes events to subscribers. */
export function EventsProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [status, setStatus] = useState<StreamStatus>("connecting");
  const [listeners] = useState(() => new Set<Listener>());

  useEffect(() => {
    const pace = new Pace((queryKey) => queries.invalidateQueries({ queryKey }));
    const stream = openStream({
      onEvent: (event) => {
        staleKeys(event).forEach((key) => pace.ask(key));
        showProgress(queries, event);
        for (const listener of listeners) listener(event);
      },
      onStatus: (next) => {
        setStatus(next);
        // What was fetched before the stream opened may have changed in between.
        if (next === "live") refreshAll(queries);
      },
      onReset: () => refreshAll(queries),
      onRejected: () => void queries.invalidateQueries({ queryKey: ["session"] }),
    });
    return stream.close;
  }, [queries, listeners]);

  const subscribe = (listener: Listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return <EventsContext value={{ status, subscribe }}>{children}</EventsContext>;
}

/** Whether the page is told of changes live. */
export function useStreamStatus(): StreamStatus {
  return useContext(EventsContext).status;
}

/** Calls `listener` on every event while the component is shown. */
export function useEvents(listener: Listener): void {
  const { subscribe } = useContext(EventsContext);
  const latest = useRef(listener);
  const subscribeRef = useRef(subscribe);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => subscribeRef.current((event) => latest.current(event)), []);
}

function refreshAll(queries: QueryClient): void {
  void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
}

/** Frequent: applied in place instead of fetched again. */
function showProgress(queries: QueryClient, event: PlatformEvent): void {
  if (event.type !== "job.progress") return;
  queries.setQueryData<Study>(["studies", event.study_id], (study) => study && withProgress(study, event));
  queries.setQueriesData<Video>({ queryKey: ["videos"] }, (video) => video && withProgress(video, event));
}
