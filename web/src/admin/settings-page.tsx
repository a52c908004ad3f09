/** Every setting with the value in force and where it came from. They are changed where they come from. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";
import { api, got } from "@/api/client";
import { CheckField, TextField } from "@/parts/field";
import { Badge, Empty, Page } from "@/parts/page";
import { Section } from "./parts/section";
import { Fetched } from "./parts/state";
import { grouped, type Setting } from "./settings/group";
import { useWords } from "./words";

const route = getRouteApi("/inside/admin/settings");
const SOURCES = [
  "default",
  "file",
  "environment",
  "dotenv",
  "secret_file",
  "key_server",
  "command_line",
] as const;

export function SettingsPage() {
  const { t } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [changed, setChanged] = useState(false);
  const find = search.find ?? "";
  const wanted = useDeferredValue(find);
  const query = useQuery({
    queryKey: ["settings"],
    queryFn: async ({ signal }) => (await got(api.GET("/api/v1/settings", { signal }))).items,
  });
  const groups = grouped(query.data ?? [], wanted, changed);
  return (
    <Page title={t("settings")} lead={t("settingsLead")}>
      <div className="mb-6 flex flex-wrap items-center gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-64">
          <TextField
            quiet
            label={t("findSetting")}
            placeholder={t("findSetting")}
            type="search"
            data-search
            value={find}
            onChange={(event) =>
              void navigate({
                search: event.target.value ? { find: event.target.value } : {},
                replace: true,
                resetScroll: false,
              })
            }
          />
        </div>
        <CheckField
          label={t("onlyChanged")}
          checked={changed}
          onChange={(event) => setChanged(event.target.checked)}
        />
      </div>
      <Fetched query={query}>
        {() =>
          groups.length === 0 ? (
            <Empty title={t("noSettings")}>{t("noSettingsText")}</Empty>
          ) : (
            groups.map(([name, settings]) => (
              <Section key={name} title={name}>
                <dl className="divide-y divide-line rounded-2xl border border-line bg-surface">
                  {settings.map((setting) => (
                    <Row key={setting.key} setting={setting} />
                  ))}
                </dl>
              </Section>
            ))
          )
        }
      </Fetched>
    </Page>
  );
}

function Row({ setting }: { setting: Setting }) {
  const { t } = useWords();
  const source = SOURCES.find((one) => one === setting.source);
  return (
    <div className="grid gap-x-6 gap-y-1.5 px-5 py-4 text-sm md:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <dt className="min-w-0 break-words">
        <span className="block break-all font-mono text-xs font-semibold">{setting.key}</span>
        <span className="mt-1 block text-soft">{setting.about}</span>
        {setting.environment.length > 0 && (
          <span className="mt-1 block break-all font-mono text-xs text-soft">
            {setting.environment.join(", ")}
          </span>
        )}
      </dt>
      <dd className="flex min-w-0 flex-col items-start gap-1.5 md:items-end md:text-end">
        <Value setting={setting} />
        <Badge tone={source === "default" ? "plain" : "accent"}>
          {source ? t(`source.${source}`) : setting.from}
        </Badge>
        {source !== "default" && (
          <span className="break-all text-xs text-soft">{setting.from}</span>
        )}
      </dd>
    </div>
  );
}

function Value({ setting }: { setting: Setting }) {
  const { t } = useWords();
  if (setting.secret) return <span>{setting.set ? t("secretSet") : t("secretUnset")}</span>;
  if (!setting.value) return <span className="text-soft">{t("unset")}</span>;
  return (
    <code className="max-w-full break-all rounded-md bg-sunken px-2 py-0.5 text-xs">
      {setting.value}
    </code>
  );
}
