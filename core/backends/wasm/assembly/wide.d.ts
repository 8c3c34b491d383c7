/** Whether tiles are those of wideTile.ts: the modules for it are compiled with `--use WIDE=1`, all others with 0. */
declare const WIDE: i32;
