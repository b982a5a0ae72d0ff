import type { Readers } from '../../core/admission/ports.ts';
import { CLEARED } from '../../core/intake/contract.ts';
import { UploadChanged } from '../../core/kernel/failures.ts';
import { findMark } from '../platform/s3-marks.adapter.ts';

/** The bucket policy lets readers at object versions with this mark and at no others. */
export const s3Readers: Readers = {
  mayRead: async (bucket, object) => {
    try {
      return (await findMark(bucket, object)) === CLEARED;
    } catch (cause) {
      // A version that is gone is one that nobody may read; anything else is not known, and must not pass for a no.
      if (cause instanceof UploadChanged) return false;
      throw cause;
    }
  },
};
