import { useState } from "react";
import { measureUpload } from "@/lib/studio/upload";

// What the way from here to the server carries, in bits a second; null while unknown or when it could not be measured.
export function useUploadCheck() {
  const [upload_bps, setUpload] = useState<number | null>(null);
  const [isMeasuring, setMeasuring] = useState(false);
  const measure = async (): Promise<number | null> => {
    setMeasuring(true);
    const measured = await measureUpload(async (body) => (await fetch("/upload-check", { method: "POST", body, cache: "no-store" })).ok, () => performance.now());
    setMeasuring(false);
    if (measured !== null) setUpload(measured);
    return measured;
  };
  return { upload_bps, isMeasuring, measure };
}
