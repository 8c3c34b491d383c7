/** In place of a picture whose values ended with the engine that held them. */
export function Gone() {
  return (
    <p class="quiet nothing" data-testid="gone">
      These values ended with the engine that held them. Run again to see them.
    </p>
  );
}
