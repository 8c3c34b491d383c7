/** How optimizers and schedulers are called; written as in `layers.ts`. */
export const optimizers = {
  ASGD: 'parameters, { lr, lambd, alpha, t0, weightDecay, maximize, !foreach, !differentiable, !capturable }',
  Adadelta: 'parameters, { lr, rho, eps, weightDecay, maximize, !foreach, !capturable, !differentiable }',
  Adagrad:
    'parameters, { lr, lrDecay, weightDecay, initialAccumulatorValue, eps, maximize, !foreach, !differentiable, !fused }',
  Adam: 'parameters, { lr, betas, eps, weightDecay, amsgrad, maximize, !foreach, !capturable, !differentiable, !fused }',
  AdamW:
    'parameters, { lr, betas, eps, weightDecay, amsgrad, maximize, !foreach, !capturable, !differentiable, !fused }',
  Adamax: 'parameters, { lr, betas, eps, weightDecay, maximize, !foreach, !differentiable, !capturable }',
  ConstantLR: 'optimizer, { factor, totalIters, !lastEpoch, !verbose }',
  CosineAnnealingLR: 'optimizer, { tMax, etaMin, !lastEpoch, !verbose }',
  CosineAnnealingWarmRestarts: 'optimizer, { t0, tMult, etaMin, !lastEpoch, !verbose }',
  CyclicLR:
    'optimizer, { baseLr, maxLr, stepSizeUp, stepSizeDown, mode, gamma, !scaleFn, !scaleMode, !cycleMomentum, !baseMomentum, !maxMomentum, !lastEpoch, !verbose }',
  ExponentialLR: 'optimizer, { gamma, !lastEpoch, !verbose }',
  LBFGS: 'parameters, { lr, maxIter, maxEval, toleranceGrad, toleranceChange, historySize, !lineSearchFn }',
  LambdaLR: 'optimizer, factor, !lastEpoch, !verbose',
  LinearLR: 'optimizer, { startFactor, endFactor, totalIters, !lastEpoch, !verbose }',
  MultiStepLR: 'optimizer, { milestones, gamma, !lastEpoch, !verbose }',
  MultiplicativeLR: 'optimizer, factor, !lastEpoch, !verbose',
  NAdam: 'parameters, { lr, betas, eps, weightDecay, momentumDecay, maximize, !decoupledWeightDecay, !foreach }',
  NoamLR: 'optimizer, { dModel, warmup }',
  OneCycleLR:
    'optimizer, { maxLr, totalSteps, !epochs, !stepsPerEpoch, pctStart, annealStrategy, !cycleMomentum, !baseMomentum, !maxMomentum, divFactor, finalDivFactor, !threePhase, !lastEpoch, !verbose }',
  PolynomialLR: 'optimizer, { totalIters, power, !lastEpoch, !verbose }',
  RAdam: 'parameters, { lr, betas, eps, weightDecay, maximize, !decoupledWeightDecay, !foreach }',
  RMSprop: 'parameters, { lr, alpha, eps, weightDecay, momentum, centered, maximize, !foreach, !differentiable }',
  ReduceLROnPlateau: 'optimizer, { mode, factor, patience, threshold, thresholdMode, cooldown, minLr, eps, !verbose }',
  Rprop: 'parameters, { lr, etas, stepSizes, maximize, !foreach, !differentiable }',
  SGD: 'parameters, { lr, momentum, dampening, weightDecay, nesterov, maximize, !foreach, !differentiable, !fused }',
  SequentialLR: 'optimizer, { schedulers, milestones, !lastEpoch, !verbose }',
  StepLR: 'optimizer, { stepSize, gamma, !lastEpoch, !verbose }',
} as const;
