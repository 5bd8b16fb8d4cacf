package main

import (
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
)

// sbomFile is the bill of materials: SPDX 2.3, as JSON.
const sbomFile = "roam.spdx.json"

// The parts of SPDX 2.3 that are used (spdx.github.io/spdx-spec/v2.3).
type (
	document struct {
		Version       string         `json:"spdxVersion"`
		License       string         `json:"dataLicense"`
		ID            string         `json:"SPDXID"`
		Name          string         `json:"name"`
		Namespace     string         `json:"documentNamespace"`
		Creation      creation       `json:"creationInfo"`
		Packages      []component    `json:"packages"`
		Relationships []relationship `json:"relationships"`
	}
	creation struct {
		Created  string   `json:"created"`
		Creators []string `json:"creators"`
	}
	component struct {
		ID        string      `json:"SPDXID"`
		Name      string      `json:"name"`
		Version   string      `json:"versionInfo"`
		Location  string      `json:"downloadLocation"`
		Analyzed  bool        `json:"filesAnalyzed"`
		Checksums []checksum  `json:"checksums,omitempty"`
		Refs      []reference `json:"externalRefs,omitempty"`
	}
	checksum struct {
		Algorithm string `json:"algorithm"`
		Value     string `json:"checksumValue"`
	}
	reference struct {
		Category string `json:"referenceCategory"`
		Type     string `json:"referenceType"`
		Locator  string `json:"referenceLocator"`
	}
	relationship struct {
		From string `json:"spdxElementId"`
		Type string `json:"relationshipType"`
		To   string `json:"relatedSpdxElement"`
	}
)

// unknown is SPDX's word for what is not said.
const unknown = "NOASSERTION"

// writeSBOM lists what the programs are made of, by what the linker noted in them.
func (p plan) writeSBOM() error {
	doc := document{
		Version: "SPDX-2.3", License: "CC0-1.0", ID: "SPDXRef-DOCUMENT", Name: "roam-" + p.version,
		Namespace: fmt.Sprintf("urn:roam:spdx:%s-%s", p.version, p.source.commit),
		Creation:  creation{p.source.time.Format(time.RFC3339), []string{"Tool: roam/release"}},
		Packages:  []component{{ID: "SPDXRef-roam", Name: "roam", Version: p.version, Location: unknown}},
	}
	doc.Relationships = append(doc.Relationships, relationship{doc.ID, "DESCRIBES", "SPDXRef-roam"})
	seen := map[string]bool{}
	add := func(name, version, purl string) {
		id := "SPDXRef-" + strings.Map(idRune, name+"-"+version)
		if seen[id] {
			return
		}
		seen[id] = true
		doc.Packages = append(doc.Packages, component{ID: id, Name: name, Version: version, Location: unknown,
			Refs: []reference{{"PACKAGE-MANAGER", "purl", purl}}})
		doc.Relationships = append(doc.Relationships, relationship{"SPDXRef-roam", "DEPENDS_ON", id})
	}
	for _, t := range p.targets {
		info, err := buildinfo.ReadFile(p.path(t.file()))
		if err != nil {
			return err
		}
		version := strings.TrimPrefix(info.GoVersion, "go")
		add("std", version, "pkg:golang/std@"+version)
		for _, m := range info.Deps {
			if m.Replace != nil {
				m = m.Replace
			}
			add(m.Path, m.Version, "pkg:golang/"+m.Path+"@"+m.Version)
		}
	}
	text, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(p.path(sbomFile), append(text, '\n'), 0o644)
}

// idRune makes a character one that SPDX allows in an identifier.
func idRune(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' {
		return r
	}
	return '-'
}
