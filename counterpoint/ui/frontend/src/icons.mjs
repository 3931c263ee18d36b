// Icons that pages may name in {% icon %}; a name missing here fails the gallery test.
export const icons = `
  adjustments alert-circle alert-octagon alert-triangle arrow-back-up arrow-down arrow-up arrows-sort bell building-bank
  calendar camera chart-bar chart-line check chevron-down chevron-left chevron-right circle-check clipboard-check clock
  database-off device-desktop door dots download external-link eye file-spreadsheet filter history home hourglass inbox
  info-circle key language layout-kanban list-check lock logout map-pin menu-2 message-circle moon pencil phone photo-down
  player-pause player-play player-skip-back plus point printer qrcode refresh report-money scale school search settings
  shield-check speakerphone stairs-up star sun table target ticket trash urgent user users users-group wheelchair wifi
  wifi-off x
`.trim().split(/\s+/);
