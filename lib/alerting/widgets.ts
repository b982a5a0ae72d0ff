import { GraphWidget, GraphWidgetView, type IMetric, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';

/** Columns of a dashboard. */
export const WHOLE = 24;

export type Drawn = {
  title: string;
  /** What one unit of the axis is. */
  axis: string;
  left: IMetric[];
  width: number;
  /** Of the same unit; drawn as a line across. */
  limit?: { value: number; label: string };
};

export const graph = ({ title, axis, left, width, limit }: Drawn): GraphWidget =>
  new GraphWidget({
    title,
    left,
    width,
    height: 6,
    view: GraphWidgetView.TIME_SERIES,
    leftYAxis: { label: axis, min: 0, showUnits: false },
    ...(limit === undefined ? {} : { leftAnnotations: [limit] }),
  });

/** What the row below is about, and the page to read. */
export const rowTitle = (text: string, runbook: string): TextWidget =>
  new TextWidget({ width: WHOLE, height: 1, markdown: `**${text}** · \`docs/runbooks/${runbook}\`` });
