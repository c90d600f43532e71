//! Positions in every form and in the world's grids.

use super::*;

/// Longitude and latitude of a row by its number in the file.
fn place(dataset: &Dataset, row: u32) -> (f64, f64) {
    dataset.with_points(|points| {
        let at = points.rows().iter().position(|&number| number == row).expect("the row");
        mercator::unproject(morton::position(points.keys()[at]))
    })
}

#[track_caller]
fn near(dataset: &Dataset, row: u32, lon: f64, lat: f64) {
    let (east, north) = place(dataset, row);
    assert!((east - lon).abs() < 1e-6 && (north - lat).abs() < 1e-6, "{east} {north}, expected {lon} {lat}");
}

#[test]
fn degrees_are_read_as_people_write_them() {
    let dataset =
        load_csv("name,latitude,longitude\nA,\"50°30'36\"\"N\",\"8°15'00\"\"W\"\nB,\"33°52'S\",\"151°12'E\"\n");
    near(&dataset, 0, -8.25, 50.51);
    near(&dataset, 1, 151.2, -33.866_666_667);
    assert!(says(&dataset, "degrees with minutes, or with letters of the compass"));
    let dataset = load_csv("name,lat,lon\nA,50.51N,8.25W\nB,33.87S,151.2E\nC,8E,50N\n");
    near(&dataset, 0, -8.25, 50.51);
    assert_eq!(dataset.len(), 2);
}

#[test]
fn two_numbers_in_a_text_are_a_position_where_it_is_known_which_is_which() {
    let dataset = load_csv("name,location\nA,\"50.51, -8.25\"\nB,\"-33.87, 151.2\"\n");
    near(&dataset, 1, 151.2, -33.87);
    assert!(says(&dataset, "holds two numbers, the latitude first: 1 of the second ones are above 90"));
    let dataset = load_csv("name,lonlat\nA,\"8.25, 50.51\"\n");
    near(&dataset, 0, 8.25, 50.51);
    let open = "name,location\nA,\"50.51, 8.25\"\n";
    assert!(error_of("a.csv", open, &Options::default()).contains("say --axes lat-lon or lon-lat"));
    let options = Options { lat_first: Some(true), ..Options::default() };
    near(&load_with("a.csv", open, &options).expect("reads"), 0, 8.25, 50.51);
    let geojson = "name,geom\nA,\"{\"\"type\"\":\"\"Point\"\",\"\"coordinates\"\":[8,50]}\"\n";
    near(&load_csv(geojson), 0, 8.0, 50.0);
}

#[test]
fn cells_of_h3_are_positions() {
    // Their middles by Python's h3 4.5.0.
    let texts = "h3,signal\n8928308280fffff,1\n8a1fb46622dffff,2\n,3\nffffffff,4\n";
    let numbers = "cell,signal\n617700169958293503,1\n622054503267303423,2\n,3\n7,4\n";
    let options = Options { h3: Some("cell".into()), ..Options::default() };
    for dataset in [load_csv(texts), load_with("a.csv", numbers, &options).expect("reads")] {
        near(&dataset, 0, -122.418_459_323, 37.776_702_349);
        near(&dataset, 1, 2.373_454_636, 48.854_089_428);
        assert_eq!((dataset.len(), dataset.report().unusable), (2, 2));
        assert!(says(&dataset, "positions are the middles of the cells of H3"));
    }
    assert!(error_of("a.csv", "cell\n1.5\n", &options).contains("expected texts or whole numbers of 64 bits"));
    let both = Options { lon: Some("signal".into()), ..options };
    assert!(error_of("a.csv", numbers, &both).contains("leave them or --h3 out"));
}

#[test]
fn integers_of_degrees_are_known_by_their_names() {
    let dataset = load_csv("latitudeE7,longitudeE7\n505000000,85000000\n");
    near(&dataset, 0, 8.5, 50.5);
    assert!(says(&dataset, "are degrees times 10^7, going by their names"));
    let error = error_of("a.csv", "lat,lon\n505000000,85000000\n", &Options::default());
    assert!(error.contains("try --crs e7"), "{error}");
}

#[test]
fn metres_are_led_to_degrees_where_it_is_said_of_which_grid() {
    let text = "name,x,y\nA,447834.12,5531000.5\nB,447900.0,5531100.0\n";
    let error = error_of("a.csv", text, &Options::default());
    assert!(error.contains("nothing here says of which") && error.contains("--crs 25832"), "{error}");
    let options = Options { crs: Some(Crs::parse("EPSG:25832").expect("known")), ..Options::default() };
    let dataset = load_with("a.csv", text, &options).expect("reads");
    // By pyproj.
    near(&dataset, 0, 8.273_173_223, 49.929_095_743);
    assert!(says(&dataset, "positions are given in EPSG:25832"));
    let swiss = Options { crs: Some(Crs::parse("2056").expect("known")), ..Options::default() };
    let dataset = load_with("a.csv", "x,y\n2698510.73,1156918.78\n", &swiss).expect("reads");
    let (lon, lat) = place(&dataset, 0);
    assert!((lon - 8.723_300_06).abs() < 1e-5 && (lat - 46.556_299_97).abs() < 1e-5, "{lon} {lat}");
    assert!(says(&dataset, "may be off by some metres"));
    let srid = load_csv("the_geom\n\"SRID=25832;POINT (447834.12 5531000.5)\"\n");
    near(&srid, 0, 8.273_173_223, 49.929_095_743);
    let two = "the_geom\nSRID=4326;POINT (8 50)\nSRID=25832;POINT (447834 5531000)\n";
    assert!(error_of("a.csv", two, &Options::default()).contains("different SRIDs, 4326 and 25832"));
}

#[test]
fn longitudes_above_180_are_a_convention_or_a_mark() {
    let dataset = load_csv("id,lat,lon\n1,10,170\n2,10,190\n3,10,359\n");
    near(&dataset, 1, -170.0, 10.0);
    assert!(says(&dataset, "longitudes run from 0 to 360: 2 above 180"));
    let ships = load_csv("id,lat,lon\n1,54,10\n2,54,181\n3,91,181\n4,55,10.5\n");
    assert_eq!(values(&ships, "id"), ["1", "4"]);
    assert!(
        says(&ships, "1 have a longitude above 180, which stands for no position, such as 181"),
        "{:?}",
        ships.report().lines
    );
    let both = load_csv("id,lat,lon\n1,54,-10\n2,54,200\n");
    assert!(both.len() == 1 && says(&both, "beside others below 0"));
    let track = load_csv("id,lat,lon\n1,54,-179\n2,54,181\n3,54,182\n");
    near(&track, 2, -178.0, 54.0);
    assert!(track.len() == 3 && says(&track, "longitudes lie on both sides of 180: 2 above 180"));
}

#[test]
fn rows_beyond_the_edge_of_the_map_are_where_they_are_in_all_but_the_map() {
    let dataset = load_csv("id,lat,lon\n1,88.5,10\n2,89.25,20\n3,-87,30\n4,70,40\n");
    assert!(dataset.len() == 4 && says(&dataset, "3 rows lie beyond 85.05 degrees"));
    assert!(says(&dataset, "with their latitude in column \"latitude\""));
    assert_eq!(values(&dataset, "latitude"), ["88.5", "89.25", "-87.0", "70.0"]);
    let [west, south, east, north] = dataset.bounds().expect("rows");
    assert!((west - 10.0).abs() < 1e-6 && (east - 40.0).abs() < 1e-6 && south == -87.0 && north == 89.25);
    let places: Vec<(f64, f64)> = dataset.with_points(|points| {
        let mut rows: Vec<usize> = (0..points.len()).collect();
        rows.sort_by_key(|&at| points.rows()[at]);
        rows.iter().map(|&at| points.degrees(at)).collect()
    });
    assert_eq!(places, [(10.0, 88.5), (20.0, 89.25), (30.0, -87.0), (40.0, 70.0)]);
    // Files without such rows have no such column, and one that is called so is not taken for it.
    // South of the equator by less than can be shown: 0.0 as in any column, and not −0.0, which a subset would not have.
    let equator = load_csv("lat,lon\n88.5,10\n-0.00000001,10\n");
    assert_eq!(values(&equator, "latitude"), ["88.5", "0.0"]);
    assert_eq!(kind(&load_csv("id,lat,lon\n1,85,10\n"), "latitude"), "none");
    let other = load_csv("y,x,latitude\n88.5,10,7\n");
    assert_eq!((values(&other, "latitude"), values(&other, "latitude_2")), (vec!["7".into()], vec!["88.5".into()]));
    // The pole, by pyproj, in the metres of EPSG:3031 and of Web Mercator.
    let options = Options { crs: Some(Crs::parse("3031").expect("known")), ..Options::default() };
    let pole = load_with("a.csv", "x,y\n0,100000\n", &options).expect("reads");
    let lat: f64 = values(&pole, "latitude")[0].parse().expect("a number");
    assert!((lat - -89.079_653_115).abs() < 1e-6, "{lat}");
    let options = Options { crs: Some(Crs::Metres), ..Options::default() };
    let far = load_with("a.csv", "x,y\n0,25000000\n", &options).expect("reads");
    let lat: f64 = values(&far, "latitude")[0].parse().expect("a number");
    assert!((lat - 87.725_857_648).abs() < 1e-6, "{lat}");
}

#[test]
fn metres_may_have_signs_between_thousands() {
    let text = "id,easting,northing\n1,\"447,834\",\"5,531,000\"\n2,\"447,834.12\",\"5,531,000.5\"\n";
    let options = Options { crs: Some(Crs::parse("25832").expect("known")), ..Options::default() };
    let dataset = load_with("a.csv", text, &options).expect("reads");
    near(&dataset, 1, 8.273_173_223, 49.929_095_743);
    let (lon, lat) = place(&dataset, 0);
    assert!((lon - 8.2732).abs() < 1e-4 && (lat - 49.9291).abs() < 1e-4, "{lon} {lat}");
    let swapped = "id;easting;northing\n1;447.834,12;5.531.000,5\n2;447.834,12;5.531.000,5\n";
    near(&load_with("a.csv", swapped, &options).expect("reads"), 0, 8.273_173_223, 49.929_095_743);
}

#[test]
fn names_of_integers_of_degrees_are_whole_words() {
    let dataset = load_csv("zone6_lon,zone6_lat\n8.25,50.5\n");
    near(&dataset, 0, 8.25, 50.5);
    let sensor = load_csv("node7_longitude,node7_latitude\n8,50\n");
    near(&sensor, 0, 8.0, 50.0);
    let options = Options { lon: Some("lon_e7".into()), ..Options::default() };
    near(&load_with("a.csv", "lon_e7,lat_e7\n85000000,505000000\n", &options).expect("reads"), 0, 8.5, 50.5);
}

#[test]
fn geometries_agree_on_their_srid() {
    let third = "the_geom\nPOINT (8 50)\nSRID=4326;POINT (9 51)\nSRID=25832;POINT (447834 5531000)\n";
    assert!(error_of("a.csv", third, &Options::default()).contains("SRID 25832 and others none"));
    let without = "the_geom\nPOINT (8 50)\nSRID=4326;POINT (9 51)\n";
    assert_eq!(load_csv(without).len(), 2);
    for text in [
        "the_geom\nPOINT (8 50)\nSRID=25832;POINT (447834 5531000)\n",
        "the_geom\nSRID=25832;POINT (447834 5531000)\nPOINT (8 50)\n",
    ] {
        let error = error_of("a.csv", text, &Options::default());
        assert!(error.contains("some geometries have the SRID 25832 and others none"), "{error}");
    }
}

#[test]
fn degrees_with_minutes_in_columns_of_their_own_are_joined() {
    // 50.5083, -8.25 and 33.75 S, 0.5 W by hand.
    for (names, rows) in [
        ("lat_deg,lat_min,lon_deg,lon_min", ["50,30.5,-8,15", "-33,45,-0,30"]),
        ("LAT_D,LAT_M,LON_D,LON_M", ["50,30.5,-8,15", "-33,45,-0,30"]),
        ("Lat (deg),Lat (min),Lon (deg),Lon (min)", ["50,30.5,-8,15", "-33,45,-0,30"]),
        ("lat,lat_min,lon,lon_min", ["50,30.5,-8,15", "-33,45,-0,30"]),
        ("Lat (°),Lat ('),Lon (°),Lon (')", ["50,30.5,-8,15", "-33,45,-0,30"]),
        ("Breite Grad,Breite Minuten,Länge Grad,Länge Minuten", ["50,30.5,-8,15", "-33,45,-0,30"]),
        ("緯度(度),緯度(分),経度(度),経度(分)", ["50,30.5,-8,15", "-33,45,-0,30"]),
        (
            "lat_degrees,lat_minutes,lat_seconds,lat_direction,long_degrees,long_minutes,long_seconds,long_direction",
            ["50,30,30,N,8,15,0,W", "33,45,0,S,0,30,0,W"],
        ),
    ] {
        let dataset = load_csv(format!("id,{names}\n1,{}\n2,{}\n", rows[0], rows[1]));
        near(&dataset, 0, -8.25, 50.508_333_333);
        near(&dataset, 1, -0.5, -33.75);
        assert!(says(&dataset, "positions are put together from degrees with their parts"), "{names}");
        assert_eq!(dataset.columns().len(), 1, "{names}");
    }
    // What does not fit together is counted, and told with the values.
    let dataset = load_csv("lat_deg,lat_min,lon_deg,lon_min\n50,30,8,15\n50,61,8,15\n");
    assert!(says(&dataset, "1 of 2 rows have no usable position"));
    let strict = Options { strict: true, ..Options::default() };
    let error = error_of("a.csv", "lat_deg,lat_min,lon_deg,lon_min\n50,30,8,15\n50,61,8,15\n", &strict);
    assert!(error.contains("lat_deg, lat_min holds \"50 61 0 \", which is no position"), "{error}");
    // Decimal degrees go before, and what was said.
    let dataset = load_csv("lat_deg,lat_min,lon_deg,lon_min,lat,lon\n50,30,8,15,1,2\n");
    near(&dataset, 0, 2.0, 1.0);
    let said = Options { lon: Some("lon_deg".into()), lat: Some("lat_deg".into()), ..Options::default() };
    let dataset = load_with("a.csv", "lat_deg,lat_min,lon_deg,lon_min\n50,30,8,15\n", &said).expect("reads");
    near(&dataset, 0, 8.0, 50.0);
    assert!(says(&dataset, "are taken as said, without the minutes beside them"));
    // The least and the most of something have no minutes.
    let dataset = load_csv("lat_deg,lat_min,lat_max,lon_deg,lon_min,lon_max\n50,49,51,8,7,9\n");
    near(&dataset, 0, 8.0, 50.0);
}

#[test]
fn names_that_say_something_about_positions_are_none() {
    for names in [
        "lat_count,lat_mean,lat_std,lon_count,lon_mean,lon_std",
        "lat_err,lat_dd,lat_min,lon_err,lon_dd,lon_min",
        "lat_error,y_wgs,lat_idx,lon_error,x_wgs,lon_idx",
        "lat_rad,latdeg,lat_ref,lon_rad,londeg,lon_diff",
        "y (m),YGCSWGS84,y [px],x (m),XGCSWGS84,x [px]",
        "lat_max,INTPTLAT,lat_min,lon_max,INTPTLONG,lon_min",
    ] {
        let dataset = load_csv(format!("{names}\n1,50,3,4,8,6\n"));
        near(&dataset, 0, 8.0, 50.0);
        assert!(!says(&dataset, "positions could also come from"), "{names} {:?}", dataset.report().lines);
    }
    for (names, told) in [
        (
            "lat_std,lon_std",
            "are no positions by their names, but something about them (else say --lon lon_std --lat lat_std)",
        ),
        ("latitude_uncertainty,longitude_uncertainty", "are no positions by their names"),
        ("latitude (rad),longitude (rad)", "are radians by their names, which are no degrees"),
        ("lat_km,lon_km", "are kilometres by their names"),
        ("pos_y_m,pos_x_m", "are metres of a grid by their names: say its number, such as --crs 25832"),
        ("Breite (mm),Länge (mm)", "are parts of degrees by their names"),
        ("lat_min,lon_min", "are parts of degrees by their names, and the degrees are not there"),
    ] {
        let error = error_of("a.csv", format!("{names}\n1,2\n"), &Options::default());
        assert!(error.contains(told), "{error}");
    }
    let error = error_of("a.csv", "lat_min,lat_max,lon_min,lon_max\n1,2,3,4\n", &Options::default());
    assert!(error.contains("\"lon_min\" and \"lat_min\" are no positions by their names"), "{error}");
    let grid = Options { crs: Some(Crs::Metres), ..Options::default() };
    let dataset = load_with("a.csv", "X (m),Y (m)\n1113194.9079,0\n", &grid).expect("reads");
    near(&dataset, 0, 10.0, 0.0);
}

#[test]
fn geometries_are_known_as_such_where_nothing_else_is_a_position() {
    let dataset = load_csv("id,Georeference,lon_std\n1,POINT (8.5 50.5),3\n2,,4\n3,POINT Z (9 51 100),5\n");
    assert_eq!((dataset.len(), values(&dataset, "lon_std")), (2, vec!["3".into(), "5".into()]));
    near(&dataset, 0, 8.5, 50.5);
    assert!(says(&dataset, "positions come from the geometries in \"Georeference\""));
    let dataset = load_csv("id,outline\n1,\"POLYGON ((0 0, 1 0, 1 1, 0 0))\"\n");
    assert!(dataset.len() == 1 && dataset.columns().iter().all(|column| column.name != "outline"));
    // Longitude and latitude go before, and a text among others is a text.
    near(&load_csv("a,lon,lat\nPOINT (8 50),1,2\n"), 0, 1.0, 2.0);
    let error = error_of("a.csv", "a,b\nPOINT (8 50),1\nPointe (A),2\n", &Options::default());
    assert!(error.contains("found no longitude and latitude"), "{error}");
}

#[test]
fn what_garmin_counts_is_known_by_its_names() {
    let dataset = load_csv("position_lat,position_long,v\n596523235,97829810,1\n-404390709,-1,2\n");
    near(&dataset, 0, 8.2, 50.0);
    assert!(says(&dataset, "are semicircles, as Garmin's devices count, going by their names (else say --crs 4326)"));
    let error = error_of("a.csv", "lat,lon\n596523235,97829810\n", &Options::default());
    assert!(error.contains("try --crs e7 or --crs semicircles"), "{error}");
}
