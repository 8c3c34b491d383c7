/** A folder that is not trusted, until somebody trusts it. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { code, openWindow, pictures } from './window.ts';

openWindow({ untrusted: true });

async function closeTrust(): Promise<void> {
  const editor = code.page.locator('.workspace-trust-editor');
  await code.until(async () => {
    if (!(await editor.isVisible())) return true;
    // It lies over everything; a key that goes to the panel behind it comes to it, too.
    await code.page.keyboard.press('Escape');
    await code.page.waitForTimeout(300);
    // Where its own button has the focus, it does not.
    if (await editor.isVisible()) await code.runCommand('View: Close Editor');
    return false;
  }, 'the page on trust to close');
}

test('in a folder that is not trusted nothing is run, and that is said', async () => {
  const no = code.page.getByRole('button', { name: /don't trust/i });
  await no.click({ timeout: 10_000 }).catch(() => {}); // some windows only show a banner
  await code.openFile('mlp.model.ts');
  expect(await code.codeLenses()).toEqual(['Tensight runs no models in an untrusted workspace.']);
  expect(await code.hoverAt(9, 11)).toContain('Tensight runs no models in an untrusted workspace.');
  await code.page.keyboard.press('Escape');
  await code.page.locator('.statusbar-item', { hasText: 'Tensight: restricted' }).waitFor();
  expect(await code.editor.locator('.view-line', { hasText: 'const h' }).innerText()).not.toContain('batch');
});

test('its panel leads to trust', async () => {
  await code.runCommand('Tensight: Open Panel to the Side');
  const panel = await code.webview('[data-testid="untrusted"]');
  await panel.getByText('Trust this folder to see its models').waitFor();
  await code.screenshot(join(pictures, 'untrusted.png'));
  await panel.getByTestId('manage-trust').click();
  await code.page.locator('.workspace-trust-editor').waitFor();
  // What is opened while it is there is opened in it.
  await closeTrust();
});

test('it starts when trust is granted, without a reload', async () => {
  await code.runCommand('Workspaces: Manage Workspace Trust');
  await code.page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
  await closeTrust();
  await code.openFile('mlp.model.ts');
  expect(await code.inlayHints()).toContainEqual({ line: 9, text: ': [batch 4, features 8]' });
});
