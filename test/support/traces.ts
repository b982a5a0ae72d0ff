import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { answersAt, type Plane } from './flight.ts';

type Subject = { model: string; version: string };

/** Not what lies in folders below: there may be attestations of every look at the bytes. */
const versionsIn = async (plane: Plane, Bucket: string | undefined, Prefix: string): Promise<number> => {
  const { Versions = [] } = await plane.s3.send(new ListObjectVersionsCommand({ Bucket, Prefix, Delimiter: '/' }));
  return Versions.length;
};

const factsIn = async (plane: Plane, TableName: string | undefined, { model, version }: Subject): Promise<string[]> => {
  const { Items = [] } = await plane.ddb.send(
    new ScanCommand({
      TableName,
      FilterExpression: 'sk = :fact AND contains(detail, :model) AND contains(detail, :version)',
      ExpressionAttributeValues: {
        ':fact': { S: 'FACT' },
        ':model': { S: `"model":"${model}"` },
        ':version': { S: `"version":"${version}"` },
      },
    }),
  );
  return Items.map(({ type }) => type?.S ?? '');
};

/** Everything that a version left behind and that there may be only one of. */
export const tracesOf = async (plane: Plane, subject: Subject) => {
  const { EvidenceBucketName, IntakeTableName, ModelBucketName, RegistryTableName } = plane.outputs;
  const [answers, answerVersions, signatures, bundles, facts] = await Promise.all([
    answersAt(plane, subject),
    versionsIn(plane, ModelBucketName, `answers/${subject.model}/${subject.version}/`),
    versionsIn(plane, EvidenceBucketName, `signing/${subject.model}/${subject.version}/`),
    versionsIn(plane, ModelBucketName, `models/${subject.model}/${subject.version}/model.sig`),
    Promise.all([IntakeTableName, RegistryTableName].map((table) => factsIn(plane, table, subject))),
  ]);
  return {
    answers: answers.map(({ outcome }) => outcome),
    answerVersions,
    signatures,
    bundles,
    facts: facts.flat(),
  };
};
