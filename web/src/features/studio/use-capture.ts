import { useCallback, useEffect, useRef, useState } from "react";
import { capture, CaptureError, devices, listenLevel, stopAll, type CaptureProblem, type Choice, type Devices } from "@/lib/studio/capture";

// What is being captured, which devices there are, and why it does not work.
export function useCapture() {
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [problem, setProblem] = useState<CaptureProblem | null>(null);
  const [isAsking, setAsking] = useState(false);
  const [found, setFound] = useState<Devices>({ cameras: [], microphones: [] });
  const held = useRef<MediaStream | null>(null);

  const hold = useCallback((next: MediaStream | null) => {
    if (held.current !== next) stopAll(held.current);
    held.current = next;
    setStream(next);
  }, []);

  const open = useCallback(async (choice: Choice): Promise<MediaStream | null> => {
    setAsking(true);
    setProblem(null);
    try {
      const next = await capture(choice);
      hold(next);
      setFound(await devices());
      return next;
    } catch (error) {
      setProblem(error instanceof CaptureError ? error.problem : "failed");
      return null;
    } finally {
      setAsking(false);
    }
  }, [hold]);

  useEffect(() => {
    const changed = () => void devices().then(setFound);
    navigator.mediaDevices?.addEventListener("devicechange", changed);
    return () => {
      navigator.mediaDevices?.removeEventListener("devicechange", changed);
      stopAll(held.current);
    };
  }, []);
  return { stream, problem, isAsking, devices: found, open, close: useCallback(() => hold(null), [hold]) };
}

// How loud the captured sound is, 0 to 1.
export function useLevel(stream: MediaStream | null): number {
  const [level, setLevel] = useState(0);
  useEffect(() => (stream ? listenLevel(stream, setLevel) : undefined), [stream]);
  return stream ? level : 0;
}
