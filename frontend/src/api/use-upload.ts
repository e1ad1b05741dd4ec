import { useEffect, useRef, useState } from "react";
import { asProblem, type Problem } from "./problem";
import { Submission } from "./submission";
import { fingerprintOf, type Upload, uploadFiles } from "./upload";

/** The one upload of a form; it is stopped when the form goes. `share` is how much was sent, null while nothing is. */
export function useUpload<T>(onAccepted: (answer: T) => unknown) {
  const [share, setShare] = useState<number | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [submission] = useState(() => new Submission());
  const running = useRef<Upload<T> | null>(null);
  useEffect(() => () => running.current?.cancel(), []);

  const send = async (address: string, files: readonly File[]) => {
    setProblem(null);
    setShare(0);
    try {
      const answer = await submission.run(fingerprintOf(address, files), (key) => {
        running.current = uploadFiles<T>(address, files, key, setShare);
        return running.current.done;
      });
      onAccepted(answer);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      running.current = null;
      setShare(null);
    }
  };
  return {
    share,
    isSending: share !== null,
    problem,
    send,
    cancel: () => running.current?.cancel(),
    forget: () => setProblem(null),
  };
}
