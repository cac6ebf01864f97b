import { Disposable } from 'vscode';
import { openAllowing } from './allowing';
import { openConsent } from './consent';
import { openContextKeys } from './context-keys';
import { openDecorations } from './decorations';
import type { ViewDeps } from './deps';
import { openHover } from './hover';
import { openHunkTree } from './hunk-view';
import { openMarking } from './marking';
import { openMending } from './mending';
import { openNavigation } from './navigation';
import { openNotices } from './notices';
import { openPolicyEditing } from './policy-editing';
import { openStagedCheck } from './staged-check';
import { openReview } from './review-view';
import { openStatusItem } from './status-item';
import { openTierActions } from './tier-actions';
import { openTierBadges } from './tier-badges';
import { openTierDiagnostics } from './tier-diagnostics';
import { openTrailersPreview } from './trailers-preview';

/** All that a person sees and can do. Views draw what they are told and decide nothing. */
export function openViews(deps: ViewDeps): Disposable {
  return Disposable.from(
    openContextKeys(deps),
    openDecorations(deps),
    openHover(deps),
    openNavigation(deps),
    openMarking(deps),
    openAllowing(deps),
    openStatusItem(deps),
    openHunkTree(deps),
    openReview(deps),
    openTrailersPreview(deps),
    openConsent(deps),
    openMending(deps),
    openNotices(deps),
    openTierDiagnostics(deps),
    openTierActions(deps),
    openTierBadges(deps),
    openPolicyEditing(deps),
    openStagedCheck(deps),
  );
}
