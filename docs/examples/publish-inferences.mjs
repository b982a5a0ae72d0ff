// Publishes inference events as capture files:
//   node publish-inferences.mjs BUCKET MODEL VERSION DEPLOYMENT < samples.jsonl
// where each line of samples.jsonl holds the features of one request, every feature that the manifest declares.
// Needs @aws-sdk/client-s3, and credentials that were given `plane.grantPublish(role, { models: [MODEL] })`.
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

/**
 * Collects events and writes a file when there are enough of them or the oldest has waited long enough. Few large files
 * are cheaper than many small ones; what waits here is lost if the process dies.
 */
export class CaptureWriter {
  #events = [];
  #timer;
  #s3 = new S3Client({});

  constructor({ bucket, model, version, deployment, mostEvents = 5000, mostSeconds = 60 }) {
    this.serves = { model, version, deployment };
    this.bucket = bucket;
    this.mostEvents = mostEvents;
    this.mostSeconds = mostSeconds;
  }

  /** One answer. `inference` has latency (ms), status, and what else schemas/inference-event.v1.schema.json names. */
  async write(inference) {
    this.#events.push({
      schema_version: 1,
      request_id: randomUUID(),
      timestamp: new Date().toISOString(),
      ...this.serves,
      ...inference,
    });
    this.#timer ??= setTimeout(() => this.flush().catch(console.error), this.mostSeconds * 1000);
    if (this.#events.length >= this.mostEvents) await this.flush();
  }

  /** Call it before the process ends. */
  async flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#events;
    this.#events = [];
    if (events.length === 0) return undefined;
    const day = new Date().toISOString().slice(0, 10);
    // A new name each time: the same events under two names would count twice.
    const Key = `captures/model=${this.serves.model}/${day}/${randomUUID()}.jsonl.gz`;
    const Body = gzipSync(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    try {
      await this.#s3.send(new PutObjectCommand({ Bucket: this.bucket, Key, Body }));
      return Key;
    } catch (cause) {
      this.#events.unshift(...events);
      throw cause;
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [bucket, model, version, deployment] = process.argv.slice(2);
  if (deployment === undefined) {
    console.error('Call it as: node publish-inferences.mjs BUCKET MODEL VERSION DEPLOYMENT < samples.jsonl');
    process.exit(2);
  }
  const writer = new CaptureWriter({ bucket, model, version, deployment });
  // A server says here what it measured and answered.
  for await (const sample of createInterface({ input: process.stdin }))
    await writer.write({ latency: 12, status: 'ok', features: JSON.parse(sample) });
  console.log(await writer.flush());
}
