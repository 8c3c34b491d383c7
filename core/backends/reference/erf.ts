/**
 * The error function to double precision: fdlibm's `s_erf.c` (Sun Microsystems, 1993, freely distributable). Rational
 * approximations on |x| < 0.84375, < 1.25, < 1/0.35, < 6, and ±1 beyond.
 */
export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  const a = Math.abs(x);
  if (a < 0.84375) {
    if (a < 2 ** -28) return x + 0.1283791670955126 * x;
    const z = x * x;
    const r =
      0.12837916709551256 +
      z *
        (-0.3250421072470015 + z * (-0.02848174957559851 + z * (-0.005770270296489442 + z * -0.000023763016656650163)));
    const s =
      1 +
      z *
        (0.39791722395915535 +
          z *
            (0.0650222499887673 +
              z * (0.005081306281875766 + z * (0.00013249473800432164 + z * -3.960228278775368e-6))));
    return x + x * (r / s);
  }
  if (a >= 6) return Math.sign(x);
  let value: number;
  if (a < 1.25) {
    const s = a - 1;
    const p =
      -0.0023621185607526594 +
      s *
        (0.41485611868374833 +
          s *
            (-0.3722078760357013 +
              s *
                (0.31834661990116175 +
                  s * (-0.11089469428239668 + s * (0.035478304325618236 + s * -0.002166375594868791)))));
    const q =
      1 +
      s *
        (0.10642088040084423 +
          s *
            (0.540397917702171 +
              s *
                (0.07182865441419627 +
                  s * (0.12617121980876164 + s * (0.01363708391202905 + s * 0.011984499846799107)))));
    value = 0.8450629115104675 + p / q;
  } else {
    value = 1 - Math.exp(-a * a) * (tail(1 / (a * a), a < 1 / 0.35) / a);
  }
  return x < 0 ? -value : value;
}

/** erfc(a) = exp(−a²)/a · tail(1/a²), the exponent's −0.5625 folded in. */
function tail(s: number, near: boolean): number {
  let r: number;
  let q: number;
  if (near) {
    r =
      -0.009864944034847148 +
      s *
        (-0.6938585727071818 +
          s *
            (-10.558626225323291 +
              s *
                (-62.375332450326006 +
                  s *
                    (-162.39666946257347 +
                      s * (-184.60509290671104 + s * (-81.2874355063066 + s * -9.814329344169145))))));
    q =
      1 +
      s *
        (19.651271667439257 +
          s *
            (137.65775414351904 +
              s *
                (434.56587747522923 +
                  s *
                    (645.3872717332679 +
                      s *
                        (429.00814002756783 +
                          s * (108.63500554177944 + s * (6.570249770319282 + s * -0.0604244152148581)))))));
  } else {
    r =
      -0.0098649429247001 +
      s *
        (-0.799283237680523 +
          s *
            (-17.757954917754752 +
              s *
                (-160.63638485582192 + s * (-637.5664433683896 + s * (-1025.0951316110772 + s * -483.5191916086514)))));
    q =
      1 +
      s *
        (30.33806074348246 +
          s *
            (325.7925129965739 +
              s *
                (1536.729586084437 +
                  s *
                    (3199.8582195085955 +
                      s * (2553.0504064331644 + s * (474.52854120695537 + s * -22.44095244658582))))));
  }
  return Math.exp(-0.5625 + r / q);
}

/** The x whose `erf` is y, for y in [−1, 1]: ±∞ at ±1. A rational approximation, corrected by two of Newton's steps (PyTorch's `calc_erfinv`). */
export function erfInverse(y: number): number {
  const size = Math.abs(y);
  if (size === 1) return y * Number.POSITIVE_INFINITY;
  let x: number;
  if (size <= 0.7) {
    const z = y * y;
    x =
      (y * (0.886226899 + z * (-1.645349621 + z * (0.914624893 + z * -0.140543331)))) /
      (1 + z * (-2.118377725 + z * (1.442710462 + z * (-0.329097515 + z * 0.012229801))));
  } else {
    const z = Math.sqrt(-Math.log((1 - size) / 2));
    const far = -1.970840454 + z * (-1.624906493 + z * (3.429567803 + z * 1.641345311));
    x = (Math.sign(y) * far) / (1 + z * (3.5438892 + z * 1.6370678));
  }
  for (let step = 0; step < 2; step++) x -= (erf(x) - y) / ((2 / Math.sqrt(Math.PI)) * Math.exp(-x * x));
  return x;
}
