import { asProblem, Problem, problemFrom } from "./problem";

/** A running upload: `done` settles with the answer, `cancel` stops the transfer (`done` then rejects with code "cancelled"). */
export interface Upload<T> {
  done: Promise<T>;
  cancel: () => void;
}

/**
 * Posts files to an address. XMLHttpRequest, since fetch does not report how much has been sent.
 * `onProgress` gets the sent share, 0 to 1.
 */
export function uploadFiles<T>(
  address: string,
  files: readonly File[],
  key: string,
  onProgress: (share: number) => void,
): Upload<T> {
  const request = new XMLHttpRequest();
  const done = new Promise<T>((resolve, reject) => {
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      const body = parse(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(body as T);
      else reject(problemFrom(request.status, body));
    };
    request.onerror = () => reject(asProblem(new TypeError("network")));
    request.onabort = () =>
      reject(new Problem(0, "cancelled", "The upload was stopped before the server confirmed it."));
  });
  request.open("POST", address);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("Idempotency-Key", key);
  request.send(formOf(files));
  return { done, cancel: () => request.abort() };
}

/** Identifies the same choice of files, so that sending it again after a lost connection keeps its idempotency key. */
export function fingerprintOf(address: string, files: readonly File[]): string {
  return JSON.stringify([address, files.map((file) => [file.name, file.size, file.lastModified])]);
}

function formOf(files: readonly File[]): FormData {
  const form = new FormData();
  for (const file of files) form.append("file", file, file.name);
  return form;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
