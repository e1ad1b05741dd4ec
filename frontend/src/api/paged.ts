import { type QueryKey, useInfiniteQuery } from "@tanstack/react-query";

/** One page of a keyset-paged list. */
export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}

/** A keyset-paged list: all loaded items in order, and `fetchNextPage` for more. */
export function usePaged<T>(queryKey: QueryKey, fetchPage: (cursor: string | undefined) => Promise<Page<T>>) {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => fetchPage(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
  return { ...query, items: query.data?.pages.flatMap((page) => page.items) ?? [] };
}
