/** An SLO as OpenSLO v1 writes it. Each call gives a new copy to change. */
export const availabilitySlo = () => ({
  apiVersion: 'openslo/v1',
  kind: 'SLO',
  metadata: { name: 'credit-risk-availability', annotations: { owner: 'lending', link: 'https://example.com/slo' } },
  spec: {
    description: 'Applications are answered.',
    service: 'credit-risk',
    indicator: {
      metadata: { name: 'availability' },
      spec: {
        ratioMetric: {
          counter: true,
          bad: { metricSource: { type: 'Clearance', spec: { count: 'errors' } } },
          total: { metricSource: { type: 'Clearance', spec: { count: 'requests' } } },
        },
      },
    },
    timeWindow: [{ duration: '30d', isRolling: true }],
    budgetingMethod: 'Occurrences',
    objectives: [{ target: 0.999 }],
  },
});

export const latencySlo = () => {
  const { spec, ...rest } = availabilitySlo();
  return {
    ...rest,
    metadata: { name: 'credit-risk-latency' },
    spec: {
      ...spec,
      indicator: {
        metadata: { name: 'latency' },
        spec: { thresholdMetric: { metricSource: { type: 'Clearance', spec: { value: 'latency' } } } },
      },
      objectives: [
        { op: 'lte', value: 250, targetPercent: 99 },
        { op: 'lte', value: 1000, targetPercent: 99.9 },
      ],
    },
  };
};
