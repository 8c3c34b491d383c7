import type { ExtensionContext } from 'vscode';
import { Session } from './session.ts';

let session: Session | undefined;

export function activate(context: ExtensionContext): void {
  session = new Session(context);
}

export async function deactivate(): Promise<void> {
  await session?.stop();
  session = undefined;
}
